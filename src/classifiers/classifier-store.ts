import { MAX_CLASSIFIER_ROW_BYTES } from '../sizes.ts';
import type { Classifier } from './classifier.ts';

const NOTHING = new ArrayBuffer(0);
const TABLES = `
  CREATE TABLE classifier (id TEXT PRIMARY KEY, record TEXT) WITHOUT ROWID;
  CREATE TABLE vector (classifier TEXT, kind TEXT, piece INTEGER, numbers BLOB, PRIMARY KEY (classifier, kind, piece));`;

/**
 * Each vector has a head. An example and the text of a label have the place of their label, the weights of a label its bias.
 */
export type Kind = 'example' | 'text' | 'weights';

/** The SQLite tables of one account's classifiers. They are created for the first classifier: who only asks stores nothing. */
export class ClassifierStore {
  readonly #sql: SqlStorage;
  #hasTables = false;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.#hasTables = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'vector'").toArray().length > 0;
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

  save(classifier: Classifier): void {
    this.#sql.exec('INSERT OR REPLACE INTO classifier VALUES (?, ?)', classifier.id, JSON.stringify(classifier));
  }

  remove(id: string): void {
    this.#sql.exec('DELETE FROM classifier WHERE id = ?', id);
    this.#sql.exec('DELETE FROM vector WHERE classifier = ?', id);
  }

  clear(id: string, kind: Kind): void {
    this.#sql.exec('DELETE FROM vector WHERE classifier = ? AND kind = ?', id, kind);
  }

  /**
   * Adds vectors: first to the last row, while it has room.
   *
   * @param vectors one after the other, as many as there are heads
   */
  add(id: string, kind: Kind, heads: ArrayLike<number>, vectors: Float32Array): void {
    if (heads.length === 0) return;
    const dimensions = vectors.length / heads.length;
    const size = dimensions + 1;
    const perRow = Math.max(1, Math.floor(MAX_CLASSIFIER_ROW_BYTES / (4 * size)));
    const [last] = this.#rows(id, kind, 'DESC LIMIT 1');
    let piece = last?.piece ?? 0;
    let row = new Float32Array(last?.numbers ?? NOTHING);
    for (let i = 0; i < heads.length; piece++) {
      const added = Math.min(heads.length - i, perRow - row.length / size);
      const whole = new Float32Array(row.length + added * size);
      whole.set(row);
      for (let at = row.length; at < whole.length; at += size, i++) {
        whole[at] = heads[i] as number;
        whole.set(vectors.subarray(i * dimensions, (i + 1) * dimensions), at + 1);
      }
      row = new Float32Array(NOTHING);
      this.#sql.exec('INSERT OR REPLACE INTO vector VALUES (?, ?, ?, ?)', id, kind, piece, whole.buffer);
    }
  }

  /** Reads a row at a time: the vectors are views of it. */
  forEach(
    id: string,
    kind: Kind,
    dimensions: number,
    onVector: (head: number, vector: Float32Array, index: number) => void,
  ): void {
    let index = 0;
    for (const { numbers } of this.#rows(id, kind)) {
      const row = new Float32Array(numbers);
      for (let at = 0; at < row.length; at += dimensions + 1) {
        onVector(row[at] as number, row.subarray(at + 1, at + 1 + dimensions), index++);
      }
    }
  }

  #rows(id: string, kind: Kind, order = '') {
    const query = `SELECT piece, numbers FROM vector WHERE classifier = ? AND kind = ? ORDER BY piece ${order}`;
    return this.#sql.exec<{ piece: number; numbers: ArrayBuffer }>(query, id, kind);
  }
}
