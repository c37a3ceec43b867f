import { MAX_CLASSIFIER_LABELS, MAX_CLASSIFIER_SOURCE_BYTES } from '../../base/sizes.ts';
import { type Classifier, countExamples } from './classifier.ts';
import type { ClassifierStore } from './classifier-store.ts';
import { type Examples, each, passOver } from './examples.ts';
import { allowsRidge, maxExamples } from './limits.ts';
import { rowsOf, type Source } from './sources.ts';
import { train } from './train.ts';

/** A classifier before a change. */
export type Known = Omit<Classifier, 'updatedAt' | 'training'>;

/** Examples whose vectors have arrived. */
export interface Received {
  /** The label of each example. */
  readonly labels: readonly string[];
  /**
   * The vectors of the examples, if a row can hold them; if not, the id that their rows have until they are
   * part of a classifier.
   */
  readonly examples: Float32Array<ArrayBuffer> | string;
  /** Labels whose texts have vectors, too. */
  readonly texts: readonly string[];
  readonly textVectors: Float32Array;
  /** What each example was made from, if it is to be stored. */
  readonly sources: readonly Source[];
}

/** Why nothing was changed. */
export type Refusal =
  | 'missing'
  | 'too many classifiers'
  | 'too many examples'
  | 'too many labels'
  | 'too many sources'
  | 'too large for ridge'
  | 'other space';

const NOTHING: Received = {
  labels: [],
  examples: new Float32Array(),
  texts: [],
  textVectors: new Float32Array(),
  sources: [],
};

/**
 * Adds examples, if there are any, and trains from all. It stores nothing before all is learned, and then all
 * in one transaction.
 *
 * @param transaction runs a function whose changes are stored all or not at all
 */
export async function learn(
  store: ClassifierStore,
  transaction: (save: () => void) => void,
  known: Known,
  added: Received = NOTHING,
): Promise<Classifier | Refusal> {
  const { id, dimensions, method } = known;
  const counts = new Map(known.labels.map(({ label, examples }) => [label, examples]));
  for (const label of added.labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const labels = Array.from(counts, ([label, examples]) => ({ label, examples }));
  const count = countExamples({ labels });
  if (count > maxExamples(dimensions)) return 'too many examples';
  if (labels.length > MAX_CLASSIFIER_LABELS) return 'too many labels';
  const sources = [...rowsOf(added.sources, countExamples(known))];
  const sourceBytes = sources.reduce((sum, { items }) => sum + items.length, store.sourceBytes(id));
  if (sources.length > 0 && sourceBytes > MAX_CLASSIFIER_SOURCE_BYTES) return 'too many sources';
  if (method === 'ridge' && !allowsRidge(count, dimensions)) return 'too large for ridge';

  store.create({ hasSources: sources.length > 0 });
  const places = new Map(labels.map(({ label }, place) => [label, place]));
  const placeOf = (label: string) => places.get(label) as number;
  const newTexts = textsOf(added, dimensions, (label) => placeOf(label) >= known.labels.length);
  const example = [...store.heads(id, 'example'), ...added.labels.map(placeOf)];
  const text = [...store.heads(id, 'text'), ...newTexts.labels.map(placeOf)];
  const examples: Examples = {
    dimensions,
    labels: Uint16Array.from(example),
    labelCount: labels.length,
    forEach: (onVectors) => passOver(allRows(store, { id, kind: 'example' }, added.examples), dimensions, onVectors),
  };
  const texts: Float32Array[] = [];
  const keepText = (vector: Float32Array, i: number) => {
    texts[text[i] as number] = vector.slice();
  };
  await passOver(allRows(store, { id, kind: 'text' }, newTexts.vectors), dimensions, each(keepText));
  const { weights, bias, ...training } = await train(method, examples, texts);

  const classifier = { ...known, labels, updatedAt: Date.now(), version: known.version + 1, training };
  const heads = { example: Float32Array.from(example), text: Float32Array.from(text), weights: bias };
  transaction(() => {
    if (typeof added.examples === 'string') store.addUpload(id, added.examples);
    else store.add({ id, kind: 'example' }, added.examples, dimensions);
    store.add({ id, kind: 'text' }, newTexts.vectors, dimensions);
    store.clear(id, 'weights');
    store.add({ id, kind: 'weights' }, weights, dimensions);
    store.addSources(id, sources);
    store.save(classifier, heads);
  });
  return classifier;
}

/** Of some of the labels. */
function textsOf({ texts, textVectors }: Received, dimensions: number, isWanted: (label: string) => boolean) {
  const places = [...texts.keys()].filter((place) => isWanted(texts[place] as string));
  const vectors = new Float32Array(places.length * dimensions);
  places.forEach((place, i) => {
    vectors.set(textVectors.subarray(place * dimensions, (place + 1) * dimensions), i * dimensions);
  });
  return { labels: places.map((place) => texts[place] as string), vectors };
}

/** The rows of a classifier, and those to be added. */
function* allRows(
  store: ClassifierStore,
  place: { readonly id: string; readonly kind: 'example' | 'text' },
  added: Float32Array<ArrayBuffer> | string,
) {
  yield* store.rows(place);
  if (typeof added === 'string') yield* store.rows({ id: added, kind: place.kind });
  else yield added.slice();
}
