import { ApiError } from '../../base/errors.ts';
import { MAX_MCP_ANSWER_BYTES } from '../../base/sizes.ts';
import { errorIn } from '../../hosts/stream/error-event.ts';
import { CompleteLines, eventData, parseEvent } from '../../hosts/stream/sse.ts';
import { readText, tooLarge } from './read-answer.ts';
import type { Progress } from './tool.ts';

interface Part {
  readonly content?: unknown;
  readonly refusal?: unknown;
}
interface Answer {
  readonly choices?: readonly { readonly message?: Part; readonly delta?: Part }[];
}

/**
 * Reads the text of a chat: complete, or as a stream of which each piece is reported.
 *
 * @throws ApiError if the stream ends with an error, or the answer is too large
 */
export async function readChat(answer: Response, progress?: Progress): Promise<string> {
  if (!progress) return textOf(JSON.parse(await readText(answer)));
  let text = '';
  for await (const event of events(answer)) {
    const error = errorIn(event);
    if (error) throw new ApiError('upstream_error', error.message, { hostCode: error.code });
    const piece = textOf(event);
    text += piece;
    if (text.length > MAX_MCP_ANSWER_BYTES) throw tooLarge(MAX_MCP_ANSWER_BYTES);
    progress(piece);
  }
  return text;
}

function textOf({ choices }: Answer): string {
  const { message, delta = message } = choices?.[0] ?? {};
  const text = delta?.content ?? delta?.refusal;
  return typeof text === 'string' ? text : '';
}

/** The events of a stream, which is read to its end: then its usage is known. One that a host has cut ends with an error event. */
async function* events({ body }: Response): AsyncGenerator<Answer & Record<string, unknown>> {
  const lines = new CompleteLines();
  let isComplete = false;
  for await (const chunk of body ?? []) {
    for (const data of eventData(lines.push(chunk))) {
      isComplete ||= data === '[DONE]';
      yield parseEvent(data) ?? {};
    }
  }
  if (!isComplete) throw new ApiError('client_closed_request', 'The client has left.');
}
