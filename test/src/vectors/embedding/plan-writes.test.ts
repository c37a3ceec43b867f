import { expect, it } from 'vitest';
import type { IdentifiedEntry } from '../../../../src/vectors/embedding/embedding-batch.ts';
import { planWrites } from '../../../../src/vectors/embedding/plan-writes.ts';
import { VectorSet } from '../../../../src/vectors/embedding/vector-set.ts';

/** The vector of each letter. That of `-` is not known. */
const entries = new Map<string, IdentifiedEntry>(
  [...'abcdefgh-'].map((contentId) => {
    const vector = contentId === '-' ? undefined : new Float32Array([1, 0]);
    return [contentId, { kind: 'text', contentId, vector, input: undefined, remote: undefined, key: undefined }];
  }),
);
const entriesOf = (letters: string) => [...letters].map((letter) => entries.get(letter) as IdentifiedEntry);
const lettersOf = (all: readonly IdentifiedEntry[]) => all.map(({ contentId }) => contentId).join('');

it.each([
  // new vectors, sets, budget, use | new sets, single vectors, known sets
  ['writes vectors one by one while they fit', 'abc', ['abcd'], 3, 'full', [], 'abc', []],
  ['writes a set in place of vectors that do not fit', 'abcd', ['abcd'], 3, 'full', ['abcd'], '', []],
  ['writes what is in no set by itself', 'abcde', ['abcd'], 3, 'full', ['abcd'], 'e', []],
  ['writes at most as many sets as it may', 'abcdef', ['ab', 'cd', 'ef'], 2, 'full', ['ab', 'cd'], 'ef', []],
  ['writes no set without a write left', 'ab', ['ab'], 0, 'full', [], 'ab', []],
  ['writes no set if its first write has used up the last one', 'ab', ['ab'], -1, 'full', [], 'ab', []],
  ['writes sets last that only save reads', 'ab', ['ab', 'cd'], 9, 'full', [], 'ab', ['cd']],
  ['writes sets again that are refreshed, and their vectors', 'ab', ['ab'], 9, 'refresh', ['ab'], 'ab', []],
  ['writes sets in place of vectors if a refresh does not fit', 'abc', ['abc'], 2, 'refresh', ['abc'], '', []],
  ['leaves out sets of which a vector is missing', 'ab', ['ab-', 'c-'], 1, 'full', [], 'ab', []],
  ['writes nothing if nothing is new', '', [], 9, 'full', [], '', []],
] as const)('%s', (_, made, sets, budget, use, newSets, vectors, knownSets) => {
  const setsOf = (all: readonly string[]) => all.map((letters) => new VectorSet(entriesOf(letters)));
  const plan = planWrites({ vectors: entriesOf(made), sets: setsOf(sets), budget, use });
  const textsOf = (all: readonly VectorSet[]) => all.map(({ texts }) => lettersOf(texts));
  expect([textsOf(plan.newSets), lettersOf(plan.vectors), textsOf(plan.knownSets)]).toEqual([
    newSets,
    vectors,
    knownSets,
  ]);
});
