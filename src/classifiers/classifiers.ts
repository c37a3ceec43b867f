import { DurableObject } from 'cloudflare:workers';
import { type Env, readSettings } from '../settings.ts';
import { MAX_CLASSIFIER_LABELS } from '../sizes.ts';
import { type Classifier, countExamples, type Method, type Trained } from './classifier.ts';
import { ClassifierStore } from './classifier-store.ts';
import type { Examples } from './examples.ts';
import { allowsRidge, maxExamples } from './limits.ts';
import { train } from './train.ts';

/** Examples whose vectors are known. */
export interface Batch {
  readonly model: string;
  readonly space: string;
  readonly dimensions: number;
  /** Unit vectors, one after the other. */
  readonly vectors: Float32Array;
  /** The label of each. */
  readonly labels: readonly string[];
  /** The vectors of the labels' texts, in a space that texts and pictures share. */
  readonly texts: ReadonlyMap<string, Float32Array>;
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

  create(name: string, method: Method, batch: Batch): Classifier | Refusal {
    if (this.#store.list().length >= readSettings(this.env).classifiersPerCaller) return 'too many classifiers';
    const { model, space, dimensions } = batch;
    const id = `cls_${crypto.randomUUID().replaceAll('-', '')}`;
    const createdAt = Date.now();
    return this.#learn({ id, name, model, space, dimensions, method, createdAt, version: 0, labels: [] }, batch);
  }

  /** Trains again, unless only the name changes. */
  update(id: string, { name, method }: Changes, batch?: Batch): Classifier | Refusal {
    const known = this.#store.get(id);
    if (!known) return 'missing';
    if (batch && (batch.space !== known.space || batch.dimensions !== known.dimensions)) return 'other space';
    const changed = { ...known, name: name ?? known.name, method: method ?? known.method };
    if (batch || changed.method !== known.method) return this.#learn(changed, batch);
    const renamed = { ...changed, updatedAt: Date.now() };
    this.#store.save(renamed);
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
    if (this.#store.list().length === 0) {
      await this.ctx.storage.deleteAll();
      this.#store.forget();
    }
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
    const bias = new Float32Array(labels.length);
    this.#store.forEach(id, 'weights', dimensions, (head, vector, i) => {
      bias[i] = head;
      weights.set(vector, i * dimensions);
    });
    return { classifier, weights, bias };
  }

  /** Adds examples, if there are any, and trains from all. Nothing is stored if it refuses or fails. */
  #learn(known: Omit<Classifier, 'updatedAt' | 'training'>, batch?: Batch): Classifier | Refusal {
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
      if (batch) {
        const places = new Map(labels.map(({ label }, place) => [label, place]));
        const placesOf = (names: Iterable<string>) => Array.from(names, (name) => places.get(name) as number);
        this.#store.add(id, 'example', placesOf(batch.labels), batch.vectors);
        const added = [...batch.texts].filter(([label]) => (places.get(label) as number) >= known.labels.length);
        const texts = new Float32Array(added.length * dimensions);
        added.forEach(([, text], i) => {
          texts.set(text, i * dimensions);
        });
        this.#store.add(id, 'text', placesOf(added.map(([label]) => label)), texts);
      }
      const texts: Float32Array[] = [];
      this.#store.forEach(id, 'text', dimensions, (place, text) => {
        texts[place] = text;
      });
      const { weights, bias, ...training } = train(method, this.#examples(id, dimensions, count, labels.length), texts);
      this.#store.clear(id, 'weights');
      this.#store.add(id, 'weights', bias, weights);
      const classifier = { ...known, labels, updatedAt: Date.now(), version: known.version + 1, training };
      this.#store.save(classifier);
      return classifier;
    });
  }

  #examples(id: string, dimensions: number, count: number, labelCount: number): Examples {
    const vectors = new Float32Array(count * dimensions);
    const labels = new Uint16Array(count);
    this.#store.forEach(id, 'example', dimensions, (place, vector, i) => {
      labels[i] = place;
      vectors.set(vector, i * dimensions);
    });
    return { vectors, dimensions, labels, labelCount };
  }
}
