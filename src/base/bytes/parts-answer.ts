/**
 * An answer with the bytes of all parts, which are never joined: each is written when the one before is sent.
 */
export function partsAnswer(parts: readonly Uint8Array[], headers: Record<string, string>): Response {
  const [only] = parts;
  if (only && parts.length === 1) return new Response(only as BodyInit, { headers });
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const { readable, writable } = new FixedLengthStream(length);
  // A write fails if the client has left: nobody is there to get the rest.
  writeAll(parts, writable.getWriter()).catch(() => {});
  return new Response(readable, { headers: { ...headers, 'content-length': String(length) } });
}

async function writeAll(parts: readonly Uint8Array[], writer: WritableStreamDefaultWriter<Uint8Array>): Promise<void> {
  for (const part of parts) await writer.write(part);
  await writer.close();
}
