import { concat } from '../base/bytes/concat.ts';
import { MAX_RUN_ROW_BYTES } from '../base/sizes.ts';

/** A part of an answer. */
export interface Chunk {
  /** Where its first byte is in the answer. */
  readonly start: number;
  /** The number of the last event that begins in it or before it; 0 in an answer that is not a stream. */
  readonly event: number;
  readonly bytes: Uint8Array;
}

/** The stored parts of an answer: rows of at most 1 MiB, in the table `piece`. */
export class ChunkTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Writes consecutive chunks, as many in a row as it can hold. */
  write(chunks: readonly Chunk[]): void {
    let row: Chunk[] = [];
    let size = 0;
    for (const chunk of chunks) {
      if (size + chunk.bytes.byteLength > MAX_RUN_ROW_BYTES) {
        this.#writeRow(row);
        row = [];
        size = 0;
      }
      row.push(chunk);
      size += chunk.bytes.byteLength;
    }
    this.#writeRow(row);
  }

  /** A single chunk can be larger than a row, and is then in several. */
  #writeRow(chunks: readonly Chunk[]): void {
    const [first] = chunks;
    if (!first) return;
    const bytes = concat(chunks.map((chunk) => chunk.bytes));
    const event = chunks.at(-1)?.event ?? 0;
    for (let at = 0; at < bytes.byteLength; at += MAX_RUN_ROW_BYTES) {
      const part = bytes.subarray(at, at + MAX_RUN_ROW_BYTES);
      this.#sql.exec('INSERT INTO piece VALUES (?, ?, ?)', first.start + at, event, part);
    }
  }

  deleteAll(): void {
    this.#sql.exec('DELETE FROM piece');
  }

  last(): Chunk | undefined {
    return this.#query('ORDER BY start DESC LIMIT 1');
  }

  /** The row with the byte at a position, which must exist. */
  at(position: number): Chunk {
    return this.#query('WHERE start <= ? ORDER BY start DESC LIMIT 1', position) as Chunk;
  }

  /** The row in which the event after one begins, which must exist. */
  after(event: number): Chunk {
    return this.#query('WHERE event > ? ORDER BY start LIMIT 1', event) as Chunk;
  }

  #query(where: string, ...values: number[]): Chunk | undefined {
    const query = `SELECT * FROM piece ${where}`;
    const [row] = this.#sql.exec<{ start: number; event: number; bytes: ArrayBuffer }>(query, ...values).toArray();
    return row && { ...row, bytes: new Uint8Array(row.bytes) };
  }
}
