const utf8 = new TextEncoder();

/** SHA-256 as base64url, 43 characters: the name of a content in cache keys. */
export async function digest(content: Uint8Array | string): Promise<string> {
  const bytes = typeof content === 'string' ? utf8.encode(content) : content;
  const hash = await crypto.subtle.digest('SHA-256', bytes);
  return new Uint8Array(hash).toBase64({ alphabet: 'base64url', omitPadding: true });
}
