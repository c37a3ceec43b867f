import { concat } from '../base/bytes/concat.ts';
import { MAX_RUN_ROW_BYTES } from '../base/sizes.ts';
import type { RunRecord } from './run-record.ts';

/** A request, as it came. */
export interface StoredRequest {
  readonly search: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly bytes: Uint8Array;
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS run (record TEXT);
  CREATE TABLE IF NOT EXISTS piece (start INTEGER PRIMARY KEY, event INTEGER, bytes BLOB);`;
const REQUEST = 'CREATE TABLE IF NOT EXISTS request (part INTEGER PRIMARY KEY, bytes BLOB)';

/**
 * The SQLite tables of a run. They are created with the run: asking for a run that does not exist stores
 * nothing.
 */
export class RunStore {
  readonly #sql: SqlStorage;
  #hasTables: boolean;
  #saved = '';

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.#hasTables = this.#has('run');
  }

  get hasTables(): boolean {
    return this.#hasTables;
  }

  load(): RunRecord | undefined {
    if (!this.#hasTables) return undefined;
    const [row] = this.#sql.exec<{ record: string }>('SELECT record FROM run').toArray();
    this.#saved = row?.record ?? '';
    if (!row) return undefined;
    const { isUnannounced, ...record } = JSON.parse(row.record);
    // The name of the field until December 2026: what was pending at an upgrade is still sent.
    return isUnannounced ? { ...record, endNotified: false } : record;
  }

  /** Writes the record if it has changed. */
  save(record: RunRecord): void {
    const text = JSON.stringify(record);
    if (text === this.#saved) return;
    if (!this.#hasTables) this.#sql.exec(TABLES);
    if (this.#saved === '') this.#sql.exec('INSERT INTO run VALUES (?)', text);
    else this.#sql.exec('UPDATE run SET record = ?', text);
    this.#hasTables = true;
    this.#saved = text;
  }

  /** What runs in the background must be found again after a crash. */
  keepRequest({ search, headers, bytes }: StoredRequest): void {
    this.#sql.exec(REQUEST);
    const head = new TextEncoder().encode(JSON.stringify({ search, headers }));
    this.#sql.exec('INSERT INTO request VALUES (0, ?)', head);
    for (let at = 0, part = 1; at < bytes.byteLength; at += MAX_RUN_ROW_BYTES, part++) {
      this.#sql.exec('INSERT INTO request VALUES (?, ?)', part, bytes.subarray(at, at + MAX_RUN_ROW_BYTES));
    }
  }

  keptRequest(): StoredRequest | undefined {
    if (!this.#has('request')) return undefined;
    const rows = this.#sql.exec<{ bytes: ArrayBuffer }>('SELECT bytes FROM request ORDER BY part').toArray();
    const [head, ...parts] = rows.map(({ bytes }) => new Uint8Array(bytes));
    return head && { ...JSON.parse(new TextDecoder().decode(head)), bytes: concat(parts) };
  }

  forgetRequest(): void {
    if (this.#has('request')) this.#sql.exec('DROP TABLE request');
  }

  forgetAnswer(): void {
    if (this.#hasTables) this.#sql.exec('DELETE FROM piece');
  }

  #has(table: string): boolean {
    return this.#sql.exec('SELECT 1 FROM sqlite_master WHERE name = ?', table).toArray().length > 0;
  }
}
