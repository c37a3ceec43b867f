import { type ApiError, toApiError } from '../../base/errors.ts';
import type { Call } from '../../call/call.ts';
import { cut } from '../../hosts/stream/end.ts';
import { errorOf, type StreamError } from '../../hosts/stream/error-event.ts';
import { EventReader, type StreamItem } from '../../hosts/stream/event-reader.ts';
import { encode, STREAM_HEADERS } from '../../hosts/stream/sse.ts';
import { invalidAnswer } from '../../hosts/upstream/failure.ts';
import type { ChatPiece } from './chat-answer.ts';

/** Writes the answer of a surface from the pieces of a chat answer, as they come. */
export interface ChatFollower {
  read(piece: ChatPiece): void;
  /** A comment of the host, or of this Worker: it keeps a connection alive while nothing else does. */
  comment(text: string): void;
  /** The host has said everything. */
  end(): unknown;
  /** The host has broken off. */
  fail(error: StreamError): void;
  /** @returns the events since the last time, as they are sent */
  take(): Iterable<string>;
}

interface FollowOptions {
  readonly follower: ChatFollower;
  readonly call: Call;
  /** More headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The stream of a surface, from that of a chat: each event is passed on as it comes. */
export function followChat(chat: ReadableStream<Uint8Array>, { follower, call, headers }: FollowOptions): Response {
  const { readable, writable } = new IdentityTransformStream();
  call.waitUntil(pump(chat.getReader(), writable.getWriter(), new StreamReader(follower, call)));
  return new Response(readable, { headers: { ...STREAM_HEADERS, ...headers } });
}

/** Never rejects. */
async function pump(
  chat: ReadableStreamDefaultReader<Uint8Array>,
  client: WritableStreamDefaultWriter<Uint8Array>,
  reader: StreamReader,
): Promise<void> {
  try {
    const send = async () => {
      for (const events of reader.follower.take()) await client.write(encode(events));
    };
    await send();
    for (;;) {
      const { done, value } = await chat.read();
      if (done) reader.end();
      else reader.read(value);
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
 * answer.
 */
class StreamReader {
  readonly follower: ChatFollower;
  readonly #call: Call;
  readonly #events = new EventReader();
  #hasEnded = false;

  constructor(follower: ChatFollower, call: Call) {
    this.follower = follower;
    this.#call = call;
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
    else if (item.kind === 'event') this.follower.read(item.json as ChatPiece);
    else if (item.kind === 'comment') this.follower.comment(item.text);
    else if (item.kind === 'done') {
      // What cannot be completed fails, and nothing ends twice.
      this.follower.end();
      this.#hasEnded = true;
    }
  }

  #fail(error: StreamError | ApiError): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#call.outcome.fail(error.code);
    this.follower.fail(error);
  }
}
