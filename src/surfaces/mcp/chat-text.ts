import { ApiError } from '../../base/errors.ts';
import { MAX_MCP_ANSWER_BYTES } from '../../base/sizes.ts';
import { contentPieces } from '../../hosts/protocols/chat-content.ts';
import { errorOf } from '../../hosts/stream/error-event.ts';
import { EventReader } from '../../hosts/stream/event-reader.ts';
import { readText, tooLarge } from './read-answer.ts';
import type { Progress } from './tool.ts';

interface Part {
  readonly content?: unknown;
  readonly refusal?: unknown;
}
interface Answer {
  readonly choices?: readonly { readonly message?: Part; readonly delta?: Part }[] | null;
}

/**
 * Reads the text of a chat: complete, or as a stream of which each piece is reported.
 *
 * @throws ApiError if the stream ends with an error, or the answer is too large
 */
export async function readChat(answer: Response, progress?: Progress): Promise<string> {
  if (!progress) return textIn(JSON.parse(await readText(answer)));
  let text = '';
  for await (const event of events(answer)) {
    const piece = textIn(event);
    text += piece;
    if (text.length > MAX_MCP_ANSWER_BYTES) throw tooLarge(MAX_MCP_ANSWER_BYTES);
    progress(piece);
  }
  return text;
}

function textIn({ choices }: Answer): string {
  const { message, delta = message } = choices?.[0] ?? {};
  const said = contentPieces(delta?.content).filter(({ kind }) => kind !== 'thinking');
  const text = said.map(({ text }) => text).join('');
  return text === '' && typeof delta?.refusal === 'string' ? delta.refusal : text;
}

/** The events of a stream, which is read to its end: then its usage is known. One that a host has cut ends with an error event. */
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
