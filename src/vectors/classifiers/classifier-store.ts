import { bytesOf, release } from '../../base/bytes/floats.ts';
import { MAX_CLASSIFIER_ROW_BYTES } from '../../base/sizes.ts';
import type { Classifier } from './classifier.ts';
import type { SourceRow } from './sources.ts';

const TABLES = `
  CREATE TABLE classifier (id TEXT PRIMARY KEY, record TEXT, example BLOB, text BLOB, weights BLOB) WITHOUT ROWID;
  CREATE TABLE vector (classifier TEXT, kind TEXT, piece INTEGER, numbers BLOB, PRIMARY KEY (classifier, kind, piece));`;
/** A table of its own: the objects of earlier versions do not have it. */
const SOURCES =
  'CREATE TABLE IF NOT EXISTS source (classifier TEXT, first INTEGER, items TEXT, PRIMARY KEY (classifier, first)) WITHOUT ROWID';

export type Kind = 'example' | 'text' | 'weights';

/**
 * A number for each vector of a kind: of an example and of the text of a label the place of their label, of
 * the weights of a label its bias.
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

/** Whose vectors, and which of them. */
interface Place {
  readonly id: string;
  readonly kind: Kind;
}

/**
 * The SQLite tables of one account's classifiers. They are created for the first classifier: who only asks
 * stores nothing.
 */
export class ClassifierStore {
  readonly #sql: SqlStorage;
  #hasTables = false;
  #hasSources = false;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.#hasTables = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'vector'").toArray().length > 0;
    this.#hasSources = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'source'").toArray().length > 0;
    // What an earlier process has not received whole.
    if (this.#hasTables) sql.exec(`DELETE FROM vector WHERE classifier GLOB '${UPLOAD}*'`);
  }

  /**
   * To be called before anything is added, and outside of a transaction: what is rolled back would be missing
   * later.
   */
  create({ hasSources = false } = {}): void {
    if (!this.#hasTables) this.#sql.exec(TABLES);
    this.#hasTables = true;
    if (!hasSources || this.#hasSources) return;
    this.#sql.exec(SOURCES);
    this.#hasSources = true;
  }

  /** All was deleted. */
  forget(): void {
    this.#hasTables = this.#hasSources = false;
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

  save(classifier: Classifier, { example, text, weights }: Heads): void {
    const heads = [example, text, weights].map(bytesOf);
    this.#sql.exec(
      'INSERT OR REPLACE INTO classifier VALUES (?, ?, ?, ?, ?)',
      classifier.id,
      JSON.stringify(classifier),
      ...heads,
    );
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
    if (this.#hasSources) this.#sql.exec('DELETE FROM source WHERE classifier = ?', id);
  }

  addSources(id: string, rows: readonly SourceRow[]): void {
    for (const { first, items } of rows) this.#sql.exec('INSERT INTO source VALUES (?, ?, ?)', id, first, items);
  }

  sourceBytes(id: string): number {
    if (!this.#hasSources) return 0;
    const query = 'SELECT ifnull(sum(length(items)), 0) AS bytes FROM source WHERE classifier = ?';
    return this.#sql.exec<{ bytes: number }>(query, id).one().bytes;
  }

  /** The row of sources that has an example, or the next one. */
  sourcesFrom(id: string, place: number): SourceRow | undefined {
    if (!this.#hasSources) return undefined;
    const query = `SELECT first, items FROM source WHERE classifier = ?1 AND first + json_array_length(items) > ?2
      ORDER BY first LIMIT 1`;
    return this.#sql.exec<{ first: number; items: string }>(query, id, place).toArray()[0];
  }

  clear(id: string, kind: Kind): void {
    this.#sql.exec('DELETE FROM vector WHERE classifier = ? AND kind = ?', id, kind);
  }

  /** @param vectors one after the other */
  add({ id, kind }: Place, vectors: Float32Array, dimensions: number): void {
    const perRow = dimensions * vectorsPerRow(dimensions);
    for (let at = 0; at < vectors.length; at += perRow) this.addRow({ id, kind }, vectors.subarray(at, at + perRow));
  }

  /** Adds vectors to the last row, if that has room for all of them. */
  addRow(place: Place, vectors: Float32Array): void {
    const last = this.#rowAfter(place, -1, 'DESC');
    const before = new Float32Array(last?.numbers ?? []);
    const hasRoom = last && before.byteLength + vectors.byteLength <= MAX_CLASSIFIER_ROW_BYTES;
    if (hasRoom) {
      const both = new Float32Array(before.length + vectors.length);
      both.set(before);
      both.set(vectors, before.length);
      this.#write(place, last.piece, both);
    } else this.#write(place, last ? last.piece + 1 : 0, vectors);
    release(before);
  }

  /** Makes rows that were added to an upload part of a classifier. */
  addUpload(id: string, upload: string): void {
    this.#sql.exec(
      `UPDATE vector SET classifier = ?1, piece = piece + ifnull(
        (SELECT max(piece) + 1 FROM vector WHERE classifier = ?1 AND kind = 'example'), 0) WHERE classifier = ?2`,
      id,
      upload,
    );
  }

  /** Reads vectors, a row at a time. Other statements can run meanwhile. */
  *rows(place: Place): Generator<Float32Array<ArrayBuffer>> {
    let piece = -1;
    for (;;) {
      const row = this.#rowAfter(place, piece, 'ASC');
      if (!row) return;
      piece = row.piece;
      yield new Float32Array(row.numbers);
    }
  }

  #write({ id, kind }: Place, piece: number, numbers: Float32Array): void {
    this.#sql.exec('INSERT OR REPLACE INTO vector VALUES (?, ?, ?, ?)', id, kind, piece, bytesOf(numbers));
  }

  #rowAfter({ id, kind }: Place, piece: number, order: 'ASC' | 'DESC') {
    const query = `SELECT piece, numbers FROM vector WHERE classifier = ? AND kind = ? AND piece > ? ORDER BY piece ${order} LIMIT 1`;
    return this.#sql.exec<{ piece: number; numbers: ArrayBuffer }>(query, id, kind, piece).toArray()[0];
  }
}
