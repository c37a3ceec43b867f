import { ApiError } from '../../base/errors.ts';
import { MAX_MCP_ANSWER_BYTES } from '../../base/sizes.ts';
import { type ChatMessage, refusalIn, textOf } from '../../hosts/protocols/chat-content.ts';
import { errorOf } from '../../hosts/stream/error-event.ts';
import { EventReader } from '../../hosts/stream/event-reader.ts';
import { readText, tooLarge } from './read-answer.ts';
import type { Progress } from './tool.ts';

interface Choice {
  readonly message?: ChatMessage | null;
  readonly delta?: ChatMessage | null;
  readonly finish_reason?: unknown;
}
interface Answer {
  readonly choices?: readonly (Choice | null)[] | null;
}

/**
 * Reads the text of a chat: complete, or as a stream of which each piece is reported.
 *
 * @throws ApiError if the stream ends with an error, or the answer is too large
 */
export async function readChat(answer: Response, progress?: Progress): Promise<string> {
  if (!progress) return read([JSON.parse(await readText(answer))], () => {});
  return read(events(answer), progress);
}

async function read(answers: AsyncIterable<Answer> | Iterable<Answer>, progress: Progress): Promise<string> {
  let text = '';
  let isRefused = false;
  const add = (piece: string) => {
    text += piece;
    if (text.length > MAX_MCP_ANSWER_BYTES) throw tooLarge(MAX_MCP_ANSWER_BYTES);
    progress(piece);
  };
  for await (const { choices } of answers) {
    const { message, delta = message, finish_reason } = choices?.[0] ?? {};
    const refusal = refusalIn(delta);
    if (refusal !== '') add(isRefused ? refusal : `${text && '\n'}The model refused: ${refusal}`);
    isRefused ||= refusal !== '';
    add(textOf(delta?.content));
    if (finish_reason === 'content_filter') add("(The host's content filter stopped the answer.)");
  }
  return text;
}

/**
 * The events of a stream, which is read to its end: then its usage is known. One that a host has cut ends
 * with an error event.
 */
async function* events({ body }: Response): AsyncGenerator<Answer> {
  const reader = new EventReader();
  let isComplete = false;
  for await (const chunk of body ?? []) {
    for (const item of reader.read(chunk)) {
      const error = errorOf(item);
      if (error) throw new ApiError('upstream_error', error.message, { hostCode: error.code });
      isComplete ||= item.kind === 'done';
      if (item.kind === 'event') yield item.json as Answer;
    }
  }
  if (!isComplete) throw new ApiError('client_closed_request', 'The client has left.');
}
