import type { Examples, Fit } from '../src/vectors/classifiers/examples.ts';
import { fitPrototypes } from '../src/vectors/classifiers/prototype.ts';
import { fitRidge } from '../src/vectors/classifiers/ridge.ts';
import { dot } from '../src/vectors/embedding/vector.ts';
import { choose, type Task } from './classifier-tasks.ts';

/**
 * What two constants of the methods rest on: the weight of a label's text, and the penalties of ridge
 * regression.
 */

/** In examples. A text that is scaled counts as often. */
const WEIGHTS = [0, 0.5, 1, 2, 4];
const PENALTIES = [0.03, 0.1, 0.3, 1, 3];
const ROUNDS = 20;

type Known = { readonly label: number; readonly vector: Float32Array };

/** @returns two tables of accuracies */
export async function choicesOf(
  { title, labels, pool, tested, counts }: Task,
  embed: (inputs: readonly unknown[]) => Promise<Float32Array[]>,
): Promise<string> {
  const texts = await embed(labels.map((label) => `a photo of a ${label}`));
  const known: Known[][] = [];
  for (const [label, pictures] of pool.entries()) {
    const vectors = await embed(pictures.map(({ input }) => input));
    known.push(vectors.map((vector) => ({ label, vector })));
  }
  const vectors = await embed(tested.map(({ input }) => input));
  const wanted = tested.map(({ label }, i) => ({ label: labels.indexOf(label), vector: vectors[i] as Float32Array }));
  const methods = [
    ...WEIGHTS.map(
      (weight) => (examples: Examples) =>
        fitPrototypes(
          examples,
          texts.map((text) => scaled(text, weight)),
        ),
    ),
    ...PENALTIES.map((penalty) => (examples: Examples) => fitRidge(examples, [penalty])),
  ];
  const rows: string[] = [];
  for (const count of counts) {
    const rounds = count >= (pool[0]?.length ?? 0) ? 1 : ROUNDS;
    const sums = methods.map(() => 0);
    for (let round = 0; round < rounds; round++) {
      const examples = asExamples(choose(known, count, 1_000 * count + round), labels.length);
      for (const [i, train] of methods.entries()) {
        sums[i] = (sums[i] as number) + accuracyOf(await train(examples), wanted) / rounds;
      }
    }
    rows.push(`| ${[count, ...sums.map((share) => `${Math.round(100 * share)}%`)].join(' | ')} |`);
  }
  const heads = [...WEIGHTS.map((weight) => `text x ${weight}`), ...PENALTIES.map((penalty) => `penalty ${penalty}`)];
  return `**${title}**: \`prototype\` by the weight of the text, and \`ridge\` by its penalty.

| examples of each label | ${heads.join(' | ')} |
|${'---|'.repeat(heads.length + 1)}
${rows.join('\n')}
`;
}

const scaled = (vector: Float32Array, weight: number) => vector.map((x) => weight * x);

function asExamples(chosen: readonly Known[], labelCount: number): Examples {
  return {
    dimensions: chosen[0]?.vector.length ?? 0,
    labels: Uint16Array.from(chosen, ({ label }) => label),
    labelCount,
    forEach: async (onVectors) =>
      onVectors(
        chosen.map(({ vector }) => vector.slice()),
        0,
      ),
  };
}

function accuracyOf({ weights, bias }: Fit, tested: readonly Known[]): number {
  const right = tested.filter(({ label, vector }) => {
    const scores = Array.from(
      bias,
      (b, i) => b + dot(vector, weights.subarray(i * vector.length, (i + 1) * vector.length)),
    );
    return scores.indexOf(Math.max(...scores)) === label;
  });
  return right.length / tested.length;
}
