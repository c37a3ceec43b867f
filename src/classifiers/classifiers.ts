import { DurableObject } from 'cloudflare:workers';
import { type Env, readSettings } from '../settings.ts';
import { MAX_CLASSIFIER_LABELS } from '../sizes.ts';
import { type Classifier, countExamples, type Method, type Trained } from './classifier.ts';
import { ClassifierStore, newClassifierId, newUploadId, vectorsPerRow } from './classifier-store.ts';
import { type Examples, each } from './examples.ts';
import { FloatReader } from './float-reader.ts';
import { allowsRidge, maxExamples } from './limits.ts';
import { train } from './train.ts';

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
}

/** Examples whose vectors have arrived. */
interface Received extends Omit<Batch, 'vectors'> {
  /** The vectors of the examples, if a row can hold them; if not, the id that their rows have until they are part of a classifier. */
  readonly examples: Float32Array | string;
  readonly textVectors: Float32Array;
}

/** Why nothing was changed. */
export type Refusal =
  | 'missing'
  | 'too many classifiers'
  | 'too many examples'
  | 'too many labels'
  | 'too large for ridge'
  | 'other space';

/** What can be changed beside the examples. */
export interface Changes {
  readonly name?: string;
  readonly method?: Method;
}

/**
 * The classifiers of one account: their examples as vectors, and what was learned from them. A SQLite Durable Object: each
 * change stores examples and weights in one transaction, one change after the other, so no example is lost.
 */
export class Classifiers extends DurableObject<Env> {
  readonly #store = new ClassifierStore(this.ctx.storage.sql);
  /** Requests whose vectors are arriving. */
  #receiving = 0;

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
  update(id: string, changes: Changes, batch?: Batch): Classifier | Refusal | Promise<Classifier | Refusal> {
    if (!batch) return this.#change(id, changes);
    return this.#receive(batch, (received) => this.#change(id, changes, received));
  }

  #change(id: string, { name, method }: Changes, batch?: Received): Classifier | Refusal {
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

  /** @returns whether there was one */
  async remove(id: string): Promise<boolean> {
    if (!this.#store.get(id)) return false;
    this.#store.remove(id);
    await this.#deleteIfEmpty();
    return true;
  }

  /**
   * @param version that is known already
   * @returns what scoring needs; `same` if nothing has changed since; undefined if there is no such classifier
   */
  trained(id: string, version?: number): Trained | 'same' | undefined {
    const classifier = this.#store.get(id);
    if (!classifier) return undefined;
    if (classifier.version === version) return 'same';
    const { dimensions, labels } = classifier;
    const weights = new Float32Array(labels.length * dimensions);
    const setRow = each((row, label) => weights.set(row, label * dimensions));
    this.#store.forEachRow(id, 'weights', dimensions, setRow);
    return { classifier, weights, bias: this.#store.heads(id, 'weights') };
  }

  /** Receives vectors: many are stored row by row while they arrive. Only then a change begins, which waits for nothing. */
  async #receive(
    { vectors, ...batch }: Batch,
    change: (received: Received) => Classifier | Refusal,
  ): Promise<Classifier | Refusal> {
    const { dimensions, labels, texts } = batch;
    const perRow = vectorsPerRow(dimensions);
    const reader = new FloatReader(vectors);
    const receiveTexts = () => reader.read(texts.length * dimensions);
    if (labels.length <= perRow) {
      const examples = (await reader.read(labels.length * dimensions)).slice();
      return change({ ...batch, examples, textVectors: await receiveTexts() });
    }
    const upload = newUploadId();
    this.#receiving++;
    this.#store.create();
    try {
      for (let left = labels.length; left > 0; left -= perRow) {
        this.#store.addRow(upload, 'example', await reader.read(Math.min(left, perRow) * dimensions));
      }
      return change({ ...batch, examples: upload, textVectors: await receiveTexts() });
    } finally {
      this.#receiving--;
      this.#store.remove(upload);
      await this.#deleteIfEmpty();
    }
  }

  async #deleteIfEmpty(): Promise<void> {
    if (this.#receiving > 0 || this.#store.list().length > 0) return;
    this.#store.forget();
    await this.ctx.storage.deleteAll();
  }

  /** Adds examples, if there are any, and trains from all. Nothing is stored if it refuses or fails. */
  #learn(known: Omit<Classifier, 'updatedAt' | 'training'>, batch?: Received): Classifier | Refusal {
    const { id, dimensions, method } = known;
    const counts = new Map(known.labels.map(({ label, examples }) => [label, examples]));
    for (const label of batch?.labels ?? []) counts.set(label, (counts.get(label) ?? 0) + 1);
    const labels = Array.from(counts, ([label, examples]) => ({ label, examples }));
    const count = countExamples({ labels });
    if (count > maxExamples(dimensions)) return 'too many examples';
    if (labels.length > MAX_CLASSIFIER_LABELS) return 'too many labels';
    if (method === 'ridge' && !allowsRidge(count, dimensions)) return 'too large for ridge';
    this.#store.create();
    return this.ctx.storage.transactionSync(() => {
      const example = [...this.#store.heads(id, 'example')];
      const text = [...this.#store.heads(id, 'text')];
      if (batch) {
        const places = new Map(labels.map(({ label }, place) => [label, place]));
        const placeOf = (label: string) => places.get(label) as number;
        if (typeof batch.examples === 'string') this.#store.addUpload(id, batch.examples);
        else this.#store.addRow(id, 'example', batch.examples);
        example.push(...batch.labels.map(placeOf));
        const isNew = (label: string) => placeOf(label) >= known.labels.length;
        const added = batch.texts.flatMap((label, i) => (isNew(label) ? [i] : []));
        const vectors = new Float32Array(added.length * dimensions);
        added.forEach((at, i) => {
          vectors.set(batch.textVectors.subarray(at * dimensions, (at + 1) * dimensions), i * dimensions);
        });
        this.#store.add(id, 'text', vectors, dimensions);
        text.push(...added.map((at) => placeOf(batch.texts[at] as string)));
      }
      const texts: Float32Array[] = [];
      const setText = each((vector, i) => {
        texts[text[i] as number] = vector.slice();
      });
      this.#store.forEachRow(id, 'text', dimensions, setText);
      const examples: Examples = {
        dimensions,
        labels: Uint16Array.from(example),
        labelCount: labels.length,
        forEach: (onVectors) => this.#store.forEachRow(id, 'example', dimensions, onVectors),
      };
      const { weights, bias, ...training } = train(method, examples, texts);
      this.#store.clear(id, 'weights');
      this.#store.add(id, 'weights', weights, dimensions);
      const classifier = { ...known, labels, updatedAt: Date.now(), version: known.version + 1, training };
      const heads = { example: Float32Array.from(example), text: Float32Array.from(text), weights: bias };
      this.#store.save(classifier, heads);
      return classifier;
    });
  }
}
