const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Decodes a header that repeats a value of the body. What is not plain ASCII comes as base64:
 * `=?base64?4pyT?=`.
 *
 * @returns undefined if it cannot be decoded Source:
 * https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#value-encoding
 */
export function decodeHeader(value: string | null): string | null | undefined {
  const encoded = /^=\?base64\?(.*)\?=$/.exec(value ?? '')?.[1];
  if (encoded === undefined) return value;
  try {
    return utf8.decode(Uint8Array.fromBase64(encoded));
  } catch {
    return undefined;
  }
}
