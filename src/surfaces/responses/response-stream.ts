import { toApiError } from '../../base/errors.ts';
import type { Call } from '../../call/call.ts';
import { cut } from '../../hosts/stream/end.ts';
import { errorIn, type StreamError } from '../../hosts/stream/error-event.ts';
import { CompleteLines, commentsIn, encode, eventData, parseEvent, STREAM_HEADERS } from '../../hosts/stream/sse.ts';
import type { ChatPiece } from './chat-answer.ts';
import type { ResponseObject } from './response.ts';
import { ResponseWriter } from './response-writer.ts';

/** The stream of a response, from that of a chat: each event is passed on as it comes. */
export function streamResponse(chat: ReadableStream<Uint8Array>, response: ResponseObject, call: Call): Response {
  const { readable, writable } = new IdentityTransformStream();
  call.waitUntil(pump(chat.getReader(), writable.getWriter(), new StreamWriter(response, call)));
  return new Response(readable, { headers: STREAM_HEADERS });
}

/** Never rejects. */
async function pump(
  chat: ReadableStreamDefaultReader<Uint8Array>,
  client: WritableStreamDefaultWriter<Uint8Array>,
  writer: StreamWriter,
): Promise<void> {
  try {
    const send = async () => {
      for (const events of writer.take()) await client.write(encode(events));
    };
    await send();
    for (;;) {
      const { done, value } = await chat.read();
      if (done) writer.end();
      else writer.read(value);
      await send();
      if (done) break;
    }
    await client.close();
  } catch (error) {
    // The client is gone, and the request to the host is closed.
    await chat.cancel(error).catch(() => {});
    await client.abort(error).catch(() => {});
  }
}

/** Reads the bytes of a chat stream. A chat that has failed, or ends without `[DONE]`, never completes its response. */
class StreamWriter {
  readonly #writer: ResponseWriter;
  readonly #call: Call;
  readonly #lines = new CompleteLines();
  #comments = '';
  #hasEnded = false;

  constructor(response: ResponseObject, call: Call) {
    this.#writer = new ResponseWriter(response, true);
    this.#call = call;
  }

  /** @returns the events since the last time, as they are sent */
  *take(): Generator<string> {
    yield* this.#writer.take();
    if (this.#comments !== '') yield this.#comments;
    this.#comments = '';
  }

  read(chunk: Uint8Array): void {
    const lines = this.#lines.push(chunk);
    // They keep a connection alive while nothing else does.
    this.#comments += commentsIn(lines);
    try {
      for (const data of eventData(lines)) this.#readEvent(data);
    } catch (error) {
      const failure = toApiError(error);
      this.#fail(failure);
      // Closes the request to the host.
      this.#call.cancellation.cancel(failure);
    }
  }

  /** The chat is over. */
  end(): void {
    if (!this.#hasEnded) this.#fail(cut(this.#call.report.target ?? 'of the model'));
  }

  #readEvent(data: string): void {
    if (this.#hasEnded) return;
    const event = data === '[DONE]' ? undefined : parseEvent(data);
    const error = errorIn(event);
    if (data === '[DONE]') {
      this.#hasEnded = true;
      this.#writer.end();
    } else if (error) this.#fail(error);
    else if (event) this.#writer.read(event as ChatPiece);
  }

  #fail(error: StreamError): void {
    this.#hasEnded = true;
    this.#call.report.error ??= error.code;
    this.#writer.fail(error);
  }
}
