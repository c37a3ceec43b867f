import { MAX_CLASSIFIER_ROW_BYTES } from '../sizes.ts';
import { type Classifier, countExamples, type Weights } from './classifier.ts';
import type { Examples } from './examples.ts';

const TABLES = `
  CREATE TABLE classifier (id TEXT PRIMARY KEY, record TEXT) WITHOUT ROWID;
  CREATE TABLE label (classifier TEXT, place INTEGER, text BLOB, PRIMARY KEY (classifier, place)) WITHOUT ROWID;
  CREATE TABLE example (classifier TEXT, piece INTEGER, labels BLOB, vectors BLOB, PRIMARY KEY (classifier, piece));
  CREATE TABLE weight (classifier TEXT, piece INTEGER, numbers BLOB, PRIMARY KEY (classifier, piece));`;
const PARTS = ['label', 'example', 'weight'];

/** The SQLite tables of one account's classifiers. They are created with the first row: who only asks stores nothing. */
export class ClassifierStore {
  readonly #sql: SqlStorage;
  #hasTables: boolean;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.#hasTables = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'weight'").toArray().length > 0;
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
    const query = 'SELECT record FROM classifier WHERE id = ?';
    const [row] = this.#sql.exec<{ record: string }>(query, id).toArray();
    return row && (JSON.parse(row.record) as Classifier);
  }

  save(classifier: Classifier): void {
    this.#sql.exec('INSERT OR REPLACE INTO classifier VALUES (?, ?)', classifier.id, JSON.stringify(classifier));
  }

  remove(id: string): void {
    this.#sql.exec('DELETE FROM classifier WHERE id = ?', id);
    for (const table of PARTS) this.#sql.exec(`DELETE FROM ${table} WHERE classifier = ?`, id);
  }

  saveText(id: string, place: number, text: Float32Array): void {
    this.#sql.exec('INSERT OR REPLACE INTO label VALUES (?, ?, ?)', id, place, bytesOf(text));
  }

  /** The vectors of the labels' texts, by the label's place. */
  texts(id: string): (Float32Array | undefined)[] {
    const texts: Float32Array[] = [];
    const query = 'SELECT place, text FROM label WHERE classifier = ?';
    for (const { place, text } of this.#sql.exec<{ place: number; text: ArrayBuffer }>(query, id)) {
      texts[place] = new Float32Array(text);
    }
    return texts;
  }

  /** Adds examples, of a new classifier before anything else of it: first to the last row, while it has room. */
  append(id: string, { vectors, dimensions, labels }: Omit<Examples, 'labelCount'>): void {
    if (!this.#hasTables) this.#sql.exec(TABLES);
    this.#hasTables = true;
    const perRow = Math.max(1, Math.floor(MAX_CLASSIFIER_ROW_BYTES / (4 * dimensions + 2)));
    const query = 'SELECT * FROM example WHERE classifier = ? ORDER BY piece DESC LIMIT 1';
    const [last] = this.#sql.exec<ExampleRow>(query, id).toArray();
    let piece = last?.piece ?? 0;
    let known = last ? { labels: new Uint16Array(last.labels), vectors: new Float32Array(last.vectors) } : undefined;
    let next = 0;
    while (next < labels.length) {
      if (known && known.labels.length >= perRow) {
        known = undefined;
        piece++;
      }
      const end = next + perRow - (known?.labels.length ?? 0);
      this.#sql.exec(
        'INSERT OR REPLACE INTO example VALUES (?, ?, ?, ?)',
        id,
        piece,
        bytesOf(Uint16Array.from([...(known?.labels ?? []), ...labels.subarray(next, end)])),
        bytesOf(joined(known?.vectors, vectors.subarray(next * dimensions, end * dimensions))),
      );
      known = undefined;
      piece++;
      next = end;
    }
  }

  examples({ id, dimensions, labels }: Omit<Classifier, 'training' | 'updatedAt'>): Examples {
    const count = countExamples({ labels });
    const examples = {
      vectors: new Float32Array(count * dimensions),
      dimensions,
      labels: new Uint16Array(count),
      labelCount: labels.length,
    };
    let next = 0;
    const query = 'SELECT * FROM example WHERE classifier = ? ORDER BY piece';
    for (const row of this.#sql.exec<ExampleRow>(query, id)) {
      const rowLabels = new Uint16Array(row.labels);
      examples.labels.set(rowLabels, next);
      examples.vectors.set(new Float32Array(row.vectors), next * dimensions);
      next += rowLabels.length;
    }
    return examples;
  }

  saveWeights(id: string, { weights, bias }: Weights): void {
    this.#sql.exec('DELETE FROM weight WHERE classifier = ?', id);
    const numbers = joined(bias, weights);
    const perRow = MAX_CLASSIFIER_ROW_BYTES / 4;
    for (let at = 0, piece = 0; at < numbers.length; at += perRow, piece++) {
      this.#sql.exec('INSERT INTO weight VALUES (?, ?, ?)', id, piece, bytesOf(numbers.slice(at, at + perRow)));
    }
  }

  weights({ id, labels, dimensions }: Classifier): Weights {
    const numbers = new Float32Array(labels.length * (dimensions + 1));
    let next = 0;
    const query = 'SELECT numbers FROM weight WHERE classifier = ? ORDER BY piece';
    for (const { numbers: piece } of this.#sql.exec<{ numbers: ArrayBuffer }>(query, id)) {
      numbers.set(new Float32Array(piece), next);
      next += piece.byteLength / 4;
    }
    return { bias: numbers.slice(0, labels.length), weights: numbers.slice(labels.length) };
  }
}

type ExampleRow = { classifier: string; piece: number; labels: ArrayBuffer; vectors: ArrayBuffer };

function joined(first: Float32Array | undefined, second: Float32Array): Float32Array {
  const whole = new Float32Array((first?.length ?? 0) + second.length);
  if (first) whole.set(first);
  whole.set(second, first?.length ?? 0);
  return whole;
}

/** Only the numbers of a view, whatever buffer they are in. */
function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}
