import type { CacheUse } from './cache-use.ts';
import type { IdentifiedEntry } from './embedding-batch.ts';
import type { VectorSet } from './vector-set.ts';

export interface WritePlanInput {
  /** Those that the host has made. */
  readonly vectors: readonly IdentifiedEntry[];
  /** Those that are not stored, as far as is known. */
  readonly sets: readonly VectorSet[];
  /** How many writes there can be. */
  readonly budget: number;
  readonly use: CacheUse;
}

/** Vectors and sets in the order of their value: what is cut off at the end of the budget is worth least. */
export interface WritePlan {
  /** Sets with a new vector. */
  readonly newSets: readonly VectorSet[];
  /** New vectors, each by itself. */
  readonly vectors: readonly IdentifiedEntry[];
  /** Sets whose vectors were all found one by one: they only save reads. */
  readonly knownSets: readonly VectorSet[];
}

/**
 * Decides what of a request is written. A new vector is written by itself, since it can come back in another
 * set. If there are more new vectors than writes, a set of them is one write in place of one for each. A
 * request that refreshes also writes its sets again, since those that are stored have the old vectors.
 */
export function planWrites({ vectors, sets, budget, use }: WritePlanInput): WritePlan {
  const made = new Set(vectors);
  const isNew = ({ texts }: VectorSet) => texts.some((text) => made.has(text));
  const storable = sets.filter((set) => set.isStorable);
  const isTooMany = vectors.length > budget;
  const newSets = isTooMany || use === 'refresh' ? storable.filter(isNew).slice(0, Math.max(0, budget)) : [];
  const covered = new Set(isTooMany ? newSets.flatMap(({ texts }) => texts) : []);
  return {
    newSets,
    vectors: vectors.filter((one) => !covered.has(one)),
    knownSets: storable.filter((set) => !isNew(set)),
  };
}
