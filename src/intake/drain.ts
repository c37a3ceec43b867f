const MAX_MS = 5_000;
const MAX_SILENCE_MS = 500;
const READ_BYTES = 64 * 1024;

/**
 * Reads the rest of a body and forgets it, for a while. An answer closes the connection of a client that is still sending,
 * and many clients then report a broken connection instead of the answer. Web servers linger in the same way.
 */
export async function drain(body: ReadableStream<Uint8Array> | null): Promise<void> {
  if (!body || body.locked) return;
  const reader = body.getReader({ mode: 'byob' });
  const until = Date.now() + MAX_MS;
  let timer: ReturnType<typeof setTimeout> | null = null;
  try {
    for (let isOpen = true; isOpen && Date.now() < until; clearTimeout(timer)) {
      const silence = new Promise<boolean>((resolve) => {
        timer = setTimeout(() => resolve(false), MAX_SILENCE_MS);
      });
      isOpen = await Promise.race([reader.read(new Uint8Array(READ_BYTES)).then(({ done }) => !done), silence]);
    }
  } catch {
    // The client has left.
  }
  await reader.cancel().catch(() => {});
}
