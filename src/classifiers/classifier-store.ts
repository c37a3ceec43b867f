import { bytesOf, release } from '../bytes/floats.ts';
import { MAX_CLASSIFIER_ROW_BYTES } from '../sizes.ts';
import type { Classifier } from './classifier.ts';
import type { OnVectors } from './examples.ts';

const TABLES = `
  CREATE TABLE classifier (id TEXT PRIMARY KEY, record TEXT, example BLOB, text BLOB, weights BLOB) WITHOUT ROWID;
  CREATE TABLE vector (classifier TEXT, kind TEXT, piece INTEGER, numbers BLOB, PRIMARY KEY (classifier, kind, piece));`;

export type Kind = 'example' | 'text' | 'weights';

/**
 * A number for each vector of a kind: of an example and of the text of a label the place of their label, of the weights of a label
 * its bias.
 */
export type Heads = Readonly<Record<Kind, Float32Array>>;

/** Begins the id of examples that have not become part of a classifier yet. */
const UPLOAD = 'upl_';

const newId = (prefix: string) => `${prefix}${crypto.randomUUID().replaceAll('-', '')}`;
export const newClassifierId = (): string => newId('cls_');
/** As long as that of a classifier: SQLite can then rename a row without writing all of it again. */
export const newUploadId = (): string => newId(UPLOAD);

export const vectorsPerRow = (dimensions: number): number =>
  Math.max(1, Math.floor(MAX_CLASSIFIER_ROW_BYTES / (4 * dimensions)));

/** The SQLite tables of one account's classifiers. They are created for the first classifier: who only asks stores nothing. */
export class ClassifierStore {
  readonly #sql: SqlStorage;
  #hasTables = false;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.#hasTables = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'vector'").toArray().length > 0;
    // What an earlier process has not received whole.
    if (this.#hasTables) sql.exec(`DELETE FROM vector WHERE classifier GLOB '${UPLOAD}*'`);
  }

  /** To be called before anything is added, and outside of a transaction: what is rolled back would be missing later. */
  create(): void {
    if (!this.#hasTables) this.#sql.exec(TABLES);
    this.#hasTables = true;
  }

  /** All was deleted. */
  forget(): void {
    this.#hasTables = false;
  }

  /** The newest first. */
  list(): Classifier[] {
    if (!this.#hasTables) return [];
    const rows = this.#sql.exec<{ record: string }>('SELECT record FROM classifier').toArray();
    return rows.map(({ record }) => JSON.parse(record) as Classifier).sort((a, b) => b.createdAt - a.createdAt);
  }

  get(id: string): Classifier | undefined {
    if (!this.#hasTables) return undefined;
    const [row] = this.#sql.exec<{ record: string }>('SELECT record FROM classifier WHERE id = ?', id).toArray();
    return row && (JSON.parse(row.record) as Classifier);
  }

  save({ id, ...rest }: Classifier, { example, text, weights }: Heads): void {
    const record = JSON.stringify({ id, ...rest });
    const heads = [example, text, weights].map(bytesOf);
    this.#sql.exec('INSERT OR REPLACE INTO classifier VALUES (?, ?, ?, ?, ?)', id, record, ...heads);
  }

  /** Saves what is not learned. */
  saveRecord(classifier: Classifier): void {
    this.#sql.exec('UPDATE classifier SET record = ? WHERE id = ?', JSON.stringify(classifier), classifier.id);
  }

  heads(id: string, kind: Kind): Float32Array {
    const query = `SELECT ${kind} AS heads FROM classifier WHERE id = ?`;
    const [row] = this.#sql.exec<{ heads: ArrayBuffer }>(query, id).toArray();
    return new Float32Array(row?.heads ?? []);
  }

  remove(id: string): void {
    this.#sql.exec('DELETE FROM classifier WHERE id = ?', id);
    this.#sql.exec('DELETE FROM vector WHERE classifier = ?', id);
  }

  clear(id: string, kind: Kind): void {
    this.#sql.exec('DELETE FROM vector WHERE classifier = ? AND kind = ?', id, kind);
  }

  /** @param vectors one after the other */
  add(id: string, kind: Kind, vectors: Float32Array, dimensions: number): void {
    const perRow = dimensions * vectorsPerRow(dimensions);
    for (let at = 0; at < vectors.length; at += perRow) this.addRow(id, kind, vectors.subarray(at, at + perRow));
  }

  /** Adds vectors to the last row, if that has room for all of them. */
  addRow(id: string, kind: Kind, vectors: Float32Array): void {
    const piece = this.#pieces(id, kind).at(-1);
    const last = piece === undefined ? undefined : this.#read(id, kind, piece);
    if (last && last.byteLength + vectors.byteLength <= MAX_CLASSIFIER_ROW_BYTES) {
      const both = new Float32Array(last.length + vectors.length);
      both.set(last);
      both.set(vectors, last.length);
      this.#write(id, kind, piece as number, both);
      release(both);
    } else this.#write(id, kind, (piece ?? -1) + 1, vectors);
    if (last) release(last);
  }

  /** Makes rows that were added to an upload part of a classifier. */
  addUpload(id: string, upload: string): void {
    const next = (this.#pieces(id, 'example').at(-1) ?? -1) + 1;
    this.#sql.exec('UPDATE vector SET classifier = ?, piece = piece + ? WHERE classifier = ?', id, next, upload);
  }

  /** Passes over vectors, a row at a time: the memory of a row is free as soon as `onVectors` returns. */
  forEachRow(id: string, kind: Kind, dimensions: number, onVectors: OnVectors): void {
    let first = 0;
    for (const piece of this.#pieces(id, kind)) {
      const row = this.#read(id, kind, piece);
      const starts = Array.from({ length: row.length / dimensions }, (_, i) => i * dimensions);
      onVectors(
        starts.map((start) => row.subarray(start, start + dimensions)),
        first,
      );
      first += starts.length;
      release(row);
    }
  }

  #pieces(id: string, kind: Kind): number[] {
    const query = 'SELECT piece FROM vector WHERE classifier = ? AND kind = ? ORDER BY piece';
    return Array.from(this.#sql.exec<{ piece: number }>(query, id, kind), ({ piece }) => piece);
  }

  #write(id: string, kind: Kind, piece: number, numbers: Float32Array): void {
    this.#sql.exec('INSERT OR REPLACE INTO vector VALUES (?, ?, ?, ?)', id, kind, piece, bytesOf(numbers));
  }

  #read(id: string, kind: Kind, piece: number): Float32Array<ArrayBuffer> {
    const query = 'SELECT numbers FROM vector WHERE classifier = ? AND kind = ? AND piece = ?';
    return new Float32Array(this.#sql.exec<{ numbers: ArrayBuffer }>(query, id, kind, piece).one().numbers);
  }
}
