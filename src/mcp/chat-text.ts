import { readBoundedText } from '../bytes/bounded-body.ts';
import { ApiError } from '../errors.ts';
import { MAX_MCP_ANSWER_BYTES } from '../sizes.ts';
import { eventData, parseEvent, unfinishedLine } from '../stream/sse.ts';
import type { Progress } from './tool.ts';

/** What a chat answered. */
export interface ChatText {
  readonly text: string;
  readonly finishReason: string | undefined;
}

interface Choice {
  readonly finish_reason?: string | null;
  readonly message?: Part;
  readonly delta?: Part;
}
interface Part {
  readonly content?: string | null;
  readonly refusal?: string | null;
}

/**
 * Reads the answer of a chat: complete, or as a stream of which each piece is reported.
 *
 * @throws ApiError if the stream ends with an error, or the answer is too large
 */
export async function readChat(answer: Response, progress?: Progress): Promise<ChatText> {
  if (!/^text\/event-stream/i.test(answer.headers.get('content-type') ?? '')) {
    const { choices } = JSON.parse(await readText(answer));
    const { message, finish_reason } = firstOf(choices);
    return { text: message?.content ?? message?.refusal ?? '', finishReason: finish_reason ?? undefined };
  }
  let text = '';
  let finishReason: string | undefined;
  for await (const { error, choices } of events(answer)) {
    if (error) throw broken(error as { message?: string; code?: string });
    const { delta, finish_reason } = firstOf(choices);
    const piece = delta?.content ?? delta?.refusal ?? '';
    text += piece;
    if (text.length > MAX_MCP_ANSWER_BYTES) throw tooLarge();
    if (piece !== '') progress?.(piece);
    finishReason = finish_reason ?? finishReason;
  }
  return { text, finishReason };
}

/** @throws ApiError `invalid_parameter` */
export function readText(answer: Response): Promise<string> {
  return readBoundedText(answer, MAX_MCP_ANSWER_BYTES, tooLarge);
}

function tooLarge(): ApiError {
  const most = MAX_MCP_ANSWER_BYTES;
  return new ApiError('invalid_parameter', `The answer has more than ${most} bytes. Ask for less at a time.`);
}

function firstOf(choices: unknown): Choice {
  return (Array.isArray(choices) ? choices[0] : undefined) ?? {};
}

/** The events of a stream that is complete: one that is not ends with an error event. */
async function* events({ body }: Response): AsyncGenerator<Record<string, unknown>> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    for (const data of eventData(text)) {
      if (data === '[DONE]') return;
      const event = parseEvent(data);
      if (event) yield event;
    }
    text = unfinishedLine(text);
  }
  // Only the stream of a client that has left ends without either.
  throw new ApiError('client_closed_request', 'The client has left.');
}

function broken({ message = 'The host ended its answer with an error.', code }: { message?: string; code?: string }) {
  return new ApiError('upstream_error', message, { hostCode: code });
}
