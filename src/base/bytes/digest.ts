const utf8 = new TextEncoder();

/** SHA-256 as base64url, 43 characters: the name of a content in cache keys. */
export async function digest(content: Uint8Array | string): Promise<string> {
  const bytes = typeof content === 'string' ? bytesOf(content) : content;
  const hash = await crypto.subtle.digest('SHA-256', bytes);
  return new Uint8Array(hash).toBase64({ alphabet: 'base64url', omitPadding: true });
}

/**
 * In UTF-8, all lone surrogates are one replacement character. JSON tells them apart, behind a byte that no
 * UTF-8 has.
 */
function bytesOf(text: string): Uint8Array {
  if (text.isWellFormed()) return utf8.encode(text);
  const json = utf8.encode(JSON.stringify(text));
  const bytes = new Uint8Array(json.length + 1).fill(0xff, 0, 1);
  bytes.set(json, 1);
  return bytes;
}
