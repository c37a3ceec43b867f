import type { Call } from '../call/call.ts';
import { type ApiError, toApiError } from '../errors.ts';
import { cut } from '../stream/end.ts';
import { CompleteLines, encode, eventData, parseEvent } from '../stream/sse.ts';
import type { ChatPiece } from './chat-answer.ts';
import type { ResponseObject } from './response.ts';
import { ResponseWriter } from './response-writer.ts';

/**
 * Turns the events of a chat into those of a response, as they come. A chat that has failed, or ends without `[DONE]`, never
 * becomes a response that is completed.
 */
export function toResponseEvents(response: ResponseObject, call: Call): TransformStream<Uint8Array, Uint8Array> {
  const writer = new ResponseWriter(response);
  const complete = new CompleteLines();
  let hasEnded = false;

  function read(data: string): void {
    if (hasEnded) return;
    if (data === '[DONE]') {
      hasEnded = true;
      writer.end();
      return;
    }
    const event = parseEvent(data);
    if (event?.error) fail(event.error as ApiError);
    else if (event) writer.read(event as ChatPiece);
  }

  function fail({ code, message }: Pick<ApiError, 'code' | 'message'>): void {
    hasEnded = true;
    call.report.error ??= code;
    writer.fail({ code, message });
  }

  return new TransformStream({
    start(controller) {
      controller.enqueue(encode(writer.take()));
    },
    transform(chunk, controller) {
      const lines = complete.push(chunk);
      for (const [comment] of lines.matchAll(/^:.*$/gm)) controller.enqueue(encode(`${comment}\n\n`));
      try {
        for (const data of eventData(lines)) read(data);
      } catch (error) {
        const failure = toApiError(error);
        fail(failure);
        // Closes the request to the host.
        call.cancellation.cancel(failure);
      }
      const events = writer.take();
      if (events !== '') controller.enqueue(encode(events));
    },
    flush(controller) {
      if (hasEnded) return;
      fail(cut(call.report.target ?? 'of the model'));
      controller.enqueue(encode(writer.take()));
    },
  });
}
