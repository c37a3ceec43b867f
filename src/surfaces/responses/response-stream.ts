import { toApiError } from '../../base/errors.ts';
import type { Call } from '../../call/call.ts';
import { cut } from '../../hosts/stream/end.ts';
import { errorOf, type StreamError } from '../../hosts/stream/error-event.ts';
import { EventReader, type StreamItem } from '../../hosts/stream/event-reader.ts';
import { encode, STREAM_HEADERS } from '../../hosts/stream/sse.ts';
import { invalidAnswer } from '../../hosts/upstream/failure.ts';
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

/**
 * Reads the bytes of a chat stream. A chat that has failed, or ends without `[DONE]`, never completes its
 * response.
 */
class StreamWriter {
  readonly #writer: ResponseWriter;
  readonly #call: Call;
  readonly #events = new EventReader();
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
    try {
      for (const item of this.#events.read(chunk)) this.#readItem(item);
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

  #readItem(item: StreamItem): void {
    if (this.#hasEnded) return;
    const error = errorOf(item);
    if (item.kind === 'unreadable') throw invalidAnswer('of the model', 'with an event that is not JSON');
    if (error) this.#fail(error);
    else if (item.kind === 'event') this.#writer.read(item.json as ChatPiece);
    // They keep a connection alive while nothing else does.
    else if (item.kind === 'comment') this.#comments += `${item.text}\n\n`;
    else if (item.kind === 'done') {
      this.#hasEnded = true;
      this.#writer.end();
    }
  }

  #fail(error: StreamError): void {
    this.#hasEnded = true;
    this.#call.outcome.fail(error.code);
    this.#writer.fail(error);
  }
}
