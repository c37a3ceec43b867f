import { concat } from '../base/bytes/concat.ts';
import { MAX_RUN_ROW_BYTES, RECENT_RUN_BYTES } from '../base/sizes.ts';
import { type Chunk, ChunkTable } from './chunk-table.ts';

/**
 * How often a stream is written: each row costs money, and what is not written is lost if the process dies.
 * Its first event is written at once, so that a run that was seen is known.
 */
const FLUSH_EVERY_MS = 1_000;
/** What is written before that time is over: an object holds little in memory. */
const FLUSH_BYTES = 64 * 1024;

const latin1 = new TextDecoder('latin1');

/**
 * What a run has answered so far: rows for what is old, memory for what is new. Readers go through it at
 * their own pace, and need memory for one chunk at a time.
 */
export class EventLog {
  /** The number of the last event. */
  event = 0;
  /** Bytes of the answer so far. */
  length = 0;
  hasEnded = false;
  readonly #rows: ChunkTable;
  readonly #saveRecord: () => void;
  #recent: Chunk[] = [];
  #recentBytes = 0;
  /** From here on nothing is written. */
  #unwrittenFrom = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #isAbandoned = false;
  #waiting: ((isTick: boolean) => void)[] = [];

  /**
   * @param saveRecord writes the record of the run, in the same transaction as a part of its answer, and
   * before it
   */
  constructor(sql: SqlStorage, saveRecord: () => void) {
    this.#rows = new ChunkTable(sql);
    this.#saveRecord = saveRecord;
  }

  /** Continues what an earlier process wrote. */
  open(): void {
    const last = this.#rows.last();
    this.event = last?.event ?? 0;
    this.length = last ? last.start + last.bytes.byteLength : 0;
    this.#unwrittenFrom = this.length;
  }

  /** Adds one event of a stream. */
  addEvent(bytes: Uint8Array): void {
    this.#add(bytes, this.event + 1);
    if (this.length - this.#unwrittenFrom >= FLUSH_BYTES) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), this.event === 1 ? 0 : FLUSH_EVERY_MS);
  }

  /** Adds bytes of an answer that is not a stream. */
  addBytes(bytes: Uint8Array): void {
    this.#add(bytes, 0);
    if (this.length - this.#unwrittenFrom >= MAX_RUN_ROW_BYTES) this.flush();
  }

  #add(bytes: Uint8Array, event: number): void {
    this.#recent.push({ start: this.length, event, bytes });
    this.event = event;
    this.length += bytes.byteLength;
    this.#recentBytes += bytes.byteLength;
  }

  /**
   * Writes what is only in memory. Synchronous: what else is written in the same turn is stored with it, or
   * not at all.
   */
  flush(): void {
    this.#stopTimer();
    this.#saveRecord();
    this.#rows.write(this.#recent.filter(({ start }) => start >= this.#unwrittenFrom));
    this.#unwrittenFrom = this.length;
    while (this.#recentBytes > RECENT_RUN_BYTES) this.#recentBytes -= this.#recent.shift()?.bytes.byteLength ?? 0;
  }

  /** Forgets everything: another answer takes the place of what nobody has read. */
  clear(): void {
    this.#stopTimer();
    if (this.#unwrittenFrom > 0) this.#rows.deleteAll();
    this.#recent = [];
    this.event = this.length = this.#recentBytes = this.#unwrittenFrom = 0;
  }

  /** Its rows are replaced by those of another run. Its readers still get what is in memory. */
  abandon(): void {
    this.#isAbandoned = true;
    this.wake();
  }

  end(): void {
    this.#stopTimer();
    this.hasEnded = true;
    this.wake();
  }

  /** @returns the whole answer; nothing if it is too large to be text */
  text(): string {
    const parts: Uint8Array[] = [];
    let position = 0;
    for (let part = this.#readable(0); part; part = this.#readable(position)) {
      parts.push(part);
      position += part.byteLength;
    }
    return new TextDecoder().decode(concat(parts));
  }

  #readable(position: number): Uint8Array | undefined {
    return this.length <= MAX_RUN_ROW_BYTES ? this.read(position) : undefined;
  }

  /** @returns bytes from a position on, or undefined if there are none yet */
  read(position: number): Uint8Array | undefined {
    if (position >= this.length) return undefined;
    const oldest = this.#recent[0];
    if (oldest && position >= oldest.start) {
      // All that has come since this reader's last look goes out in one write.
      const newer = this.#recent.filter(({ start, bytes }) => start + bytes.byteLength > position);
      return concat(newer.map(({ bytes }) => bytes)).subarray(position - (newer[0]?.start ?? 0));
    }
    if (this.#isAbandoned) throw new Error('The rows of the run were replaced.');
    const { start, bytes } = this.#rows.at(position);
    return bytes.subarray(position - start);
  }

  /** @returns where the event after one begins */
  positionAfter(event: number, run: string): number {
    if (event >= this.event) return this.length;
    const recent = this.#recent[0] && event >= this.#recent[0].event - 1;
    if (recent) return this.#recent.find((chunk) => chunk.event > event)?.start ?? this.length;
    const { start, bytes } = this.#rows.after(event);
    return start + Math.max(0, latin1.decode(bytes).indexOf(`id: ${run}:${event + 1}\n`));
  }

  /**
   * Settles when there is more, or will be no more.
   *
   * @returns whether it is only time to tell a reader that the connection is alive
   */
  more(): Promise<boolean> {
    if (this.hasEnded) return Promise.resolve(false);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Wakes the readers. */
  wake(isTick = false): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve(isTick);
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
