/**
 * What answers were made of. Reading a body of 1 KB back takes workerd 40 to 50 us, and making another answer
 * of it 20: a sixth of passing a request through.
 */
const contents = new WeakMap<Response, string | Uint8Array>();

/** An answer whose content can be had without reading it. */
export function answerWith(content: string | Uint8Array, headers: Record<string, string>): Response {
  const answer = new Response(content as BodyInit, { headers });
  contents.set(answer, content);
  return answer;
}

/** @returns undefined if it has to be read */
export const contentOf = (answer: Response): string | Uint8Array | undefined => contents.get(answer);
