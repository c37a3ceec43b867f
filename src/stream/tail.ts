import { concat } from '../bytes/bounded-body.ts';
import type { Call } from '../call/call.ts';

/** Usage, finish reason and `[DONE]` stand in the last events. */
const TAIL_BYTES = 65_536;
const TAKE_EVERY_MS = 1_000;
/** A hundred times what the fastest models write in a second; an isolate has 128 MB for everything. */
const MOST_BYTES_HELD = 16 * 1024 * 1024;
/** What a read may draw ahead where the twin holds nothing. */
const FIRST_READ_BYTES = 4_096;

/**
 * Keeps the end of a stream from its twin, while the stream itself is piped to the client.
 *
 * What the client has been sent and nobody has read from the twin is in memory. Reading the twin as it comes would wake
 * JavaScript for every event, and draw the stream faster than a slow client takes it. So what the twin holds is taken
 * once a second, and a take ends where the twin has no more: it draws at most one small read ahead of the client.
 */
export class StreamTail {
  #bytes: Uint8Array;
  readonly #reader: ReadableStreamBYOBReader;
  readonly #call: Call;
  readonly #tooMuch: () => void;
  #callOff: () => void = () => {};
  #taking: Promise<void> = Promise.resolve();
  #ended = false;

  /**
   * @param head what came before the twin
   * @param tooMuch called when the twin held more than 16 MB: the host sends faster than anything that is text
   */
  constructor(head: Uint8Array, twin: ReadableStream<Uint8Array>, call: Call, tooMuch: () => void) {
    this.#bytes = head;
    this.#reader = twin.getReader({ mode: 'byob' });
    this.#call = call;
    this.#tooMuch = tooMuch;
    this.#takeLater();
  }

  /** Reads the rest, once the stream has ended or broken. @returns the last 64 KB or more */
  async end(): Promise<Uint8Array> {
    this.#ended = true;
    this.#callOff();
    await this.#taking;
    await this.#take().catch(() => {});
    return this.#bytes;
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
      this.#bytes = concat([this.#bytes.subarray(-TAIL_BYTES), value]);
      taken += value.byteLength;
      if (taken > MOST_BYTES_HELD && !this.#ended) {
        this.#tooMuch();
        // Both branches must be given up for the upstream to be closed.
        return this.#reader.cancel();
      }
      if (value.byteLength < value.buffer.byteLength && !this.#ended) return;
      room = new Uint8Array(TAIL_BYTES);
    }
  }
}
