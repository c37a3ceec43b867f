import type { Call } from '../call/call.ts';
import { ApiError } from '../errors.ts';
import { closeJson } from './close-json.ts';
import { encode, encodeEvent, eventData, parseEvent } from './sse.ts';

export interface StreamEnd {
  done: boolean;
  /** The host's own last event is an error that clients understand. */
  failed: boolean;
  usage?: { prompt: number; completion: number };
  finishReason?: string;
}

/** What the last events say. */
export function readEnd(text: string): StreamEnd {
  const end: StreamEnd = { done: false, failed: false };
  for (const data of eventData(`${text}\n`)) {
    if (data === '[DONE]') {
      end.done = true;
      continue;
    }
    const event = parseEvent(data);
    if (!event) continue;
    if (typeof event.error === 'object' && event.error !== null) end.failed = true;
    const usage = event.usage as { prompt_tokens?: number; completion_tokens?: number } | null | undefined;
    if (usage) end.usage = { prompt: usage.prompt_tokens ?? 0, completion: usage.completion_tokens ?? 0 };
    const [choice] = Array.isArray(event.choices) ? event.choices : [];
    if (typeof choice?.finish_reason === 'string') end.finishReason = choice.finish_reason;
  }
  return end;
}

/** Where in a line the client's part ends is not known: as after the end of a cut line, an empty one must follow. */
export const MIDDLE_OF_LINE = '?';

/** Ends the client's stream: with an error event where there is a failure, after completing an event that was cut. */
export async function finish(
  writable: WritableStream<Uint8Array>,
  call: Call,
  failure: ApiError | undefined,
  unfinished: string,
): Promise<void> {
  if (failure) call.report.error = failure.code;
  const writer = writable.getWriter();
  try {
    if (failure && failure.code !== 'client_closed_request') {
      if (unfinished !== '') await writer.write(encode(endOfLine(unfinished, failure)));
      await writer.write(encodeEvent(failure.body));
    } else if (unfinished !== '') {
      // An event that ends with the stream, without its empty line, would be dropped by a strict reader.
      await writer.write(encode('\n\n'));
    }
    await writer.close();
  } catch {
    // The client has gone: nobody is left to tell.
  }
}

/**
 * Half an event has been sent. Completed as an object with the error in it, it is one that OpenAI's SDKs raise; where
 * that cannot be, the line is made one that readers ignore or fail on.
 */
function endOfLine(unfinished: string, failure: ApiError): string {
  const object = /^data:\s*(\{.*)$/.exec(unfinished)?.[1];
  const member = JSON.stringify(failure.body).slice(1, -1);
  const rest = object === undefined ? undefined : closeJson(object, member);
  return `${rest ?? ''}\n\n`;
}

export function cut(name: string): ApiError {
  return new ApiError('upstream_stream_cut', `The host ${name} ended the stream before it was complete.`);
}

export function tooMuch(name: string): ApiError {
  return new ApiError('upstream_answer_too_large', `The host ${name} sent more than a stream of text can be.`);
}
