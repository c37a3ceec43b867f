import { concat } from '../../base/bytes/concat.ts';
import { MAX_TEXT_ANSWER_BYTES, MAX_UNREAD_STREAM_BYTES, STREAM_TAIL_BYTES } from '../../base/sizes.ts';
import type { Call } from '../../call/call.ts';

const LF = 10;
const CR = 13;

/** How far a read may run ahead of the client if the twin holds nothing. */
const FIRST_READ_BYTES = 4_096;

type Read = Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;

export interface TailListener {
  /**
   * The twin held more than 16 MB of a second, or one line of more than 8 MB: the host sends faster, or
   * longer, than any text model.
   */
  tooMuch(): void;
  /** Nothing has come for nearly `keepaliveMs`. Called once; what follows can be had by `next`. */
  silent(): void;
}

/**
 * Keeps the end of a stream from its twin, while the stream itself is piped to the client.
 *
 * What the client was sent and the twin was not read of is in memory. Reading the twin as it arrives would
 * wake JavaScript for every event, and pull the stream faster than a slow client takes it. So the content of
 * the twin is taken once a second, and a take ends when the twin is empty: it runs at most one small read
 * ahead of the client.
 */
export class StreamTail {
  /** The end of the stream: at least its last line. */
  #chunks: { readonly bytes: Uint8Array; readonly hasLine: boolean }[] = [];
  #kept = 0;
  #total = 0;
  /** Where the last line begins, in bytes from the beginning of the stream. */
  #lineStart = 0;
  readonly #reader: ReadableStreamBYOBReader;
  readonly #call: Call;
  readonly #listener: TailListener;
  /** 15 takes in the time after which a stream is silent. */
  readonly #everyMs: number;
  #callOff: () => void = () => {};
  #taking: Promise<void> = Promise.resolve();
  #pending: Read | undefined;
  #isHandedOver = false;
  #hasArrived = false;
  #ended = false;

  /** @param head what came before the twin */
  constructor(head: Uint8Array, twin: ReadableStream<Uint8Array>, call: Call, listener: TailListener) {
    this.#reader = twin.getReader({ mode: 'byob' });
    this.#call = call;
    this.#listener = listener;
    this.#everyMs = call.settings.streams.keepaliveMs / 15;
    this.#keep(head);
    this.#takeLater();
  }

  /**
   * Reads the rest, once the stream has ended or broken.
   *
   * @returns the last 64 KB or more, from the beginning of a line
   */
  async end(): Promise<Uint8Array> {
    this.#ended = true;
    this.#callOff();
    if (!this.#isHandedOver) {
      await this.#taking;
      await this.#take().catch(() => {});
    }
    const bytes = this.#joined();
    return bytes.subarray(lineEnd(bytes, bytes.length - STREAM_TAIL_BYTES));
  }

  /** Gives the twin up. The request to the host is only closed if both branches are cancelled. */
  async cancel(): Promise<void> {
    this.#ended = true;
    this.#callOff();
    await this.#reader.cancel().catch(() => {});
  }

  /** Bytes of the whole stream so far. */
  get totalBytes(): number {
    return this.#total;
  }

  /** The text since the last line but one began: its last line, with a line end if it is complete. */
  get lastLine(): string {
    const bytes = this.#joined();
    return new TextDecoder().decode(bytes.subarray(lineEnd(bytes, bytes.length - 2)));
  }

  /** Whether more has come since `silent` was called, and was not asked for. */
  get hasArrived(): boolean {
    return this.#hasArrived;
  }

  /**
   * The next bytes of the twin, after `silent` was called.
   *
   * @returns undefined at its end
   * @throws if the stream breaks
   */
  async next(): Promise<Uint8Array | undefined> {
    const { done, value } = await (this.#pending ?? this.#read(FIRST_READ_BYTES));
    this.#pending = undefined;
    this.#hasArrived = false;
    if (done || !value) return undefined;
    this.#keep(value);
    return value;
  }

  #takeLater(): void {
    this.#callOff = this.#call.deadlines.in(this.#everyMs, () => {
      this.#taking = this.#take().then(
        () => {
          if (!this.#ended && !this.#isHandedOver) this.#takeLater();
        },
        // The stream broke: the pipe to the client says so.
        () => {},
      );
    });
  }

  async #take(): Promise<void> {
    // When the last take ended, the twin was empty: that was one interval ago. This one may notice an
    // interval later.
    this.#callOff = this.#ended ? () => {} : this.#call.deadlines.in(this.#everyMs * 13, () => this.#handOver());
    const before = this.#total;
    for (let bytes = FIRST_READ_BYTES; ; bytes = STREAM_TAIL_BYTES) {
      const read = this.#read(bytes);
      this.#pending = read;
      const { done, value } = await read;
      if (this.#isHandedOver) return;
      this.#pending = undefined;
      this.#callOff();
      if (done || !value) return;
      this.#keep(value);
      const isEndless = this.#total - this.#lineStart > MAX_TEXT_ANSWER_BYTES;
      const isFlood = this.#total - before > (MAX_UNREAD_STREAM_BYTES * this.#everyMs) / 1_000;
      if ((isEndless || isFlood) && !this.#ended) {
        this.#listener.tooMuch();
        return this.cancel();
      }
      if (value.byteLength < bytes && !this.#ended) return;
    }
  }

  #read(bytes: number): Read {
    return this.#reader.read(new Uint8Array(bytes));
  }

  #handOver(): void {
    this.#isHandedOver = true;
    const arrived = () => {
      this.#hasArrived = true;
    };
    this.#pending?.then(arrived, arrived);
    this.#listener.silent();
  }

  #keep(value: Uint8Array): void {
    const line = lineEnd(value, value.length);
    if (line > 0) this.#lineStart = this.#total + line;
    this.#total += value.byteLength;
    this.#kept += value.byteLength;
    // A small part of its memory would hold all of it.
    const bytes = value.byteLength * 2 < value.buffer.byteLength ? value.slice() : value;
    this.#chunks.push({ bytes, hasLine: line > 0 });
    this.#forget();
  }

  /**
   * Drops what is before the line that was being written 64 KB ago: the last event of a transcript is as long
   * as all of it.
   */
  #forget(): void {
    const [first] = this.#chunks;
    if (!first || this.#kept - first.bytes.byteLength < STREAM_TAIL_BYTES) return;
    let before = this.#kept;
    let drop = 0;
    for (const [i, { bytes, hasLine }] of this.#chunks.entries()) {
      before -= bytes.byteLength;
      if (before < STREAM_TAIL_BYTES) break;
      if (hasLine || before > MAX_TEXT_ANSWER_BYTES) drop = i;
    }
    for (const { bytes } of this.#chunks.splice(0, drop)) this.#kept -= bytes.byteLength;
  }

  #joined(): Uint8Array {
    return concat(this.#chunks.map(({ bytes }) => bytes));
  }
}

/** Where the last line ends that ends before a position; 0 if none does. */
function lineEnd(bytes: Uint8Array, before: number): number {
  if (before <= 0) return 0;
  return Math.max(bytes.lastIndexOf(LF, before - 1), bytes.lastIndexOf(CR, before - 1)) + 1;
}
