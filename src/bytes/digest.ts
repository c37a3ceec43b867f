const utf8 = new TextEncoder();

/** SHA-256 as base64url, 43 characters: the name of a content in cache keys. */
export async function digest(content: Uint8Array | string): Promise<string> {
  const bytes = typeof content === 'string' ? utf8.encode(content) : content;
  return nameOf(await crypto.subtle.digest('SHA-256', bytes));
}

/** The same of a content in pieces, which are never joined. For small contents `digest` is faster. */
export async function digestOfPieces(pieces: Iterable<string>): Promise<string> {
  const stream = new crypto.DigestStream('SHA-256');
  const writer = stream.getWriter();
  for (const piece of pieces) await writer.write(utf8.encode(piece));
  await writer.close();
  return nameOf(await stream.digest);
}

function nameOf(hash: ArrayBuffer): string {
  return new Uint8Array(hash).toBase64({ alphabet: 'base64url', omitPadding: true });
}
