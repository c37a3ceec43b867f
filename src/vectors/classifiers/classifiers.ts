import { DurableObject } from 'cloudflare:workers';
import { type Env, readSettings } from '../../settings/settings.ts';
import type { Classifier, Method, Trained } from './classifier.ts';
import { ClassifierStore, newClassifierId, newUploadId, vectorsPerRow } from './classifier-store.ts';
import { FloatReader } from './float-reader.ts';
import { type Known, learn, type Received, type Refusal } from './learn.ts';
import type { Source } from './sources.ts';

/** Examples whose vectors are known. */
export interface Batch {
  readonly model: string;
  readonly space: string;
  readonly dimensions: number;
  /** The label of each example. */
  readonly labels: readonly string[];
  /** Labels whose texts have vectors, too: in a space that texts and pictures share. */
  readonly texts: readonly string[];
  /** The unit vectors of the examples and of the texts, one after the other, as float32. */
  readonly vectors: ReadableStream<Uint8Array>;
  /** What each example was made from, if it is to be stored. */
  readonly sources: readonly Source[];
}

export interface ExamplePage {
  readonly examples: readonly { readonly label: string; readonly source: Source | undefined }[];
  readonly isLast: boolean;
}

/** What can be changed beside the examples. */
export interface Changes {
  readonly name?: string;
  readonly method?: Method;
}

/**
 * The classifiers of one account: their examples as vectors, and what was learned from them. A SQLite Durable
 * Object: changes happen one after the other, and each stores examples and weights in one transaction, so no
 * example is lost. Meanwhile all others see what was before.
 */
export class Classifiers extends DurableObject<Env> {
  readonly #store = new ClassifierStore(this.ctx.storage.sql);
  /** Creations and updates that have not ended, also those whose vectors are still arriving. */
  #pending = 0;
  /** Settles when the last change has ended. */
  #changed: Promise<unknown> = Promise.resolve();

  create(name: string, method: Method, batch: Batch): Promise<Classifier | Refusal> {
    return this.#receive(batch, (received) => {
      if (this.#store.list().length >= readSettings(this.env).classifiersPerCaller) return 'too many classifiers';
      const { model, space, dimensions } = batch;
      const id = newClassifierId();
      const createdAt = Date.now();
      return this.#learn({ id, name, model, space, dimensions, method, createdAt, version: 0, labels: [] }, received);
    });
  }

  /** Trains again, unless only the name changes. */
  update(id: string, changes: Changes, batch?: Batch): Promise<Classifier | Refusal> {
    if (!batch) return this.#inTurn(() => this.#update(id, changes));
    return this.#receive(batch, (received) => this.#update(id, changes, { ...batch, ...received }));
  }

  #update(
    id: string,
    { name, method }: Changes,
    batch?: Received & Pick<Batch, 'space' | 'dimensions'>,
  ): Classifier | Refusal | Promise<Classifier | Refusal> {
    const known = this.#store.get(id);
    if (!known) return 'missing';
    if (batch && (batch.space !== known.space || batch.dimensions !== known.dimensions)) return 'other space';
    const changed = { ...known, name: name ?? known.name, method: method ?? known.method };
    if (batch || changed.method !== known.method) return this.#learn(changed, batch);
    const renamed = { ...changed, updatedAt: Date.now() };
    this.#store.saveRecord(renamed);
    return renamed;
  }

  list(): Classifier[] {
    return this.#store.list();
  }

  get(id: string): Classifier | undefined {
    return this.#store.get(id);
  }

  /**
   * A page of examples, from a place on: as many as one row of sources has. Those that were added while
   * sources were not stored have only their label.
   *
   * @param most of the page
   */
  examples(id: string, from: number, most: number): ExamplePage | undefined {
    const classifier = this.#store.get(id);
    if (!classifier) return undefined;
    const row = this.#store.sourcesFrom(id, from);
    const sources = row ? (JSON.parse(row.items) as Source[]) : [];
    const places = this.#store.heads(id, 'example');
    const rowEnd = row ? row.first + sources.length : places.length;
    const end = Math.min(places.length, from + most, rowEnd);
    const examples = Array.from({ length: Math.max(0, end - from) }, (_, i) => {
      const place = from + i;
      const label = classifier.labels[places[place] as number]?.label as string;
      return { label, source: row && place >= row.first ? sources[place - row.first] : undefined };
    });
    return { examples, isLast: end >= places.length };
  }

  /** @returns whether there was one */
  remove(id: string): Promise<boolean> {
    return this.#inTurn(async () => {
      if (!this.#store.get(id)) return false;
      this.#store.remove(id);
      await this.#deleteIfEmpty();
      return true;
    });
  }

  /**
   * @param version that is known already
   * @returns what scoring needs; `same` if nothing has changed since; undefined if there is no such
   * classifier
   */
  trained(id: string, version?: number): Trained | 'same' | undefined {
    const classifier = this.#store.get(id);
    if (!classifier) return undefined;
    if (classifier.version === version) return 'same';
    const { dimensions, labels } = classifier;
    const weights = new Float32Array(labels.length * dimensions);
    let filled = 0;
    for (const row of this.#store.rows({ id, kind: 'weights' })) {
      weights.set(row, filled);
      filled += row.length;
    }
    return { classifier, weights, bias: this.#store.heads(id, 'weights') };
  }

  /** Receives vectors: many are stored row by row while they arrive. The change begins when all are there. */
  async #receive(
    { dimensions, labels, texts, vectors, sources }: Batch,
    change: (received: Received) => Classifier | Refusal | Promise<Classifier | Refusal>,
  ): Promise<Classifier | Refusal> {
    const perRow = vectorsPerRow(dimensions);
    const reader = new FloatReader(vectors);
    const upload = labels.length > perRow ? newUploadId() : undefined;
    this.#pending++;
    try {
      if (upload) this.#store.create();
      let examples = new Float32Array();
      for (let left = labels.length; left > 0; left -= perRow) {
        examples = await reader.read(Math.min(left, perRow) * dimensions);
        if (upload) this.#store.addRow({ id: upload, kind: 'example' }, examples);
      }
      const kept = upload ?? examples.slice();
      const textVectors = await reader.read(texts.length * dimensions);
      const received = { labels, examples: kept, texts, textVectors, sources };
      return await this.#inTurn(() => change(received));
    } finally {
      this.#pending--;
      if (upload) this.#store.remove(upload);
      await this.#deleteIfEmpty();
    }
  }

  /** Runs a change after those that were asked for before. */
  #inTurn<T>(change: () => T | Promise<T>): Promise<T> {
    const result = this.#changed.then(change);
    this.#changed = result.catch(() => {});
    return result;
  }

  async #deleteIfEmpty(): Promise<void> {
    if (this.#pending > 0 || this.#store.list().length > 0) return;
    this.#store.forget();
    await this.ctx.storage.deleteAll();
  }

  #learn(known: Known, batch?: Received): Promise<Classifier | Refusal> {
    return learn(this.#store, (save) => this.ctx.storage.transactionSync(save), known, batch);
  }
}
