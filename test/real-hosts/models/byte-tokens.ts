/**
 * GPT-2's alphabet of bytes: each byte as a character that can be seen, so that every text has tokens.
 * Source: https://github.com/openai/gpt-2/blob/master/src/encoder.py
 */
export function byteTokens(): string[] {
  const isSeen = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let others = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(isSeen(byte) ? byte : others++));
}
