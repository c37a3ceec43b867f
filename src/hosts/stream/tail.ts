import { concat } from '../../base/bytes/bounded-body.ts';
import { MAX_TEXT_ANSWER_BYTES, MAX_UNREAD_STREAM_BYTES, STREAM_TAIL_BYTES } from '../../base/sizes.ts';
import type { Call } from '../../call/call.ts';

const LF = 10;
const CR = 13;

const TAKE_EVERY_MS = 1_000;
/** How far a read may run ahead of the client if the twin holds nothing. */
const FIRST_READ_BYTES = 4_096;

/**
 * Keeps the end of a stream from its twin, while the stream itself is piped to the client.
 *
 * What the client was sent and the twin was not read of is in memory. Reading the twin as it arrives would wake JavaScript
 * for every event, and pull the stream faster than a slow client takes it. So the content of the twin is taken once a
 * second, and a take ends when the twin is empty: it runs at most one small read ahead of the client.
 */
export class StreamTail {
  #bytes: Uint8Array;
  #total: number;
  readonly #reader: ReadableStreamBYOBReader;
  readonly #call: Call;
  readonly #tooMuch: () => void;
  #callOff: () => void = () => {};
  #taking: Promise<void> = Promise.resolve();
  #ended = false;

  /**
   * @param head what came before the twin
   * @param tooMuch called if the twin held more than 16 MB: the host sends faster than any text model
   */
  constructor(head: Uint8Array, twin: ReadableStream<Uint8Array>, call: Call, tooMuch: () => void) {
    this.#bytes = head;
    this.#total = head.byteLength;
    this.#reader = twin.getReader({ mode: 'byob' });
    this.#call = call;
    this.#tooMuch = tooMuch;
    this.#takeLater();
  }

  /** Reads the rest, once the stream has ended or broken. @returns the last 64 KB or more, from the beginning of a line */
  async end(): Promise<Uint8Array> {
    this.#ended = true;
    this.#callOff();
    await this.#taking;
    await this.#take().catch(() => {});
    return this.#bytes;
  }

  /** Bytes of the whole stream so far. */
  get totalBytes(): number {
    return this.#total;
  }

  #takeLater(): void {
    this.#callOff = this.#call.deadlines.in(TAKE_EVERY_MS, () => {
      this.#taking = this.#take().then(
        () => {
          if (!this.#ended) this.#takeLater();
        },
        // The stream broke: the pipe to the client says so.
        () => {},
      );
    });
  }

  async #take(): Promise<void> {
    let taken = 0;
    let room = new Uint8Array(FIRST_READ_BYTES);
    for (;;) {
      const { done, value } = await this.#reader.read(room);
      if (done) return;
      this.#bytes = concat([this.#bytes.subarray(tailStart(this.#bytes)), value]);
      taken += value.byteLength;
      this.#total += value.byteLength;
      if (taken > MAX_UNREAD_STREAM_BYTES && !this.#ended) {
        this.#tooMuch();
        // The upstream is only closed if both branches are cancelled.
        return this.#reader.cancel();
      }
      if (value.byteLength < value.buffer.byteLength && !this.#ended) return;
      room = new Uint8Array(STREAM_TAIL_BYTES);
    }
  }
}

/** Where the last line begins, or more lines before it: the last event of a transcript is as long as all of it. */
function tailStart(bytes: Uint8Array): number {
  const start = Math.max(0, bytes.length - STREAM_TAIL_BYTES);
  const line = Math.max(bytes.lastIndexOf(LF, start), bytes.lastIndexOf(CR, start)) + 1;
  return bytes.length - line > MAX_TEXT_ANSWER_BYTES ? start : line;
}
