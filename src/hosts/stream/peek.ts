import { beginsStream } from './first-event.ts';

/**
 * Looks whether an answer is a stream of events. Its type does not tell: hosts send streams as text, as JSON,
 * and without a type.
 *
 * @returns the answer to go on with
 */
export async function peekStream(
  response: Response,
): Promise<{ readonly isStream: boolean; readonly answer: Response }> {
  const [peeked, body] = response.body?.tee() ?? [];
  const isStream = peeked !== undefined && (await isStreamIn(peeked));
  return { isStream, answer: new Response(body, response) };
}

/** Reads a branch of an answer up to where it shows what it is. */
async function isStreamIn(peeked: ReadableStream<Uint8Array>): Promise<boolean> {
  const decoder = new TextDecoder();
  let begun = '';
  let isOne: boolean | undefined;
  // Leaving the loop cancels the branch.
  for await (const chunk of peeked) {
    begun += decoder.decode(chunk, { stream: true });
    isOne = beginsStream(begun);
    if (isOne !== undefined) break;
  }
  return isOne ?? false;
}
