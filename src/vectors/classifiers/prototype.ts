import { dot, normalize } from '../embedding/vector.ts';
import { countByLabel, type Examples, each, type Fit } from './examples.ts';
import { yieldAfter } from './yield-after.ts';

/**
 * The direction of a label is the mean of its examples, and its raw score the cosine to it. In a space that
 * texts and pictures share, the text of the label counts as one more example: docs/classifiers.md has the
 * measurement.
 *
 * @param texts a unit vector for each label, or undefined for one that has none
 */
export async function fitPrototypes(
  examples: Examples,
  texts: readonly (Float32Array | undefined)[] = [],
): Promise<Fit> {
  const { labels, dimensions, labelCount } = examples;
  const sums = new Float32Array(labelCount * dimensions);
  const rowOf = (label: number) => sums.subarray(label * dimensions, (label + 1) * dimensions);
  texts.forEach((text, label) => {
    if (text) rowOf(label).set(text);
  });
  await examples.forEach(each((vector, i) => add(rowOf(labels[i] as number), vector, 1)));
  const weights = sums.slice();
  const prototypes = Array.from({ length: labelCount }, (_, label) =>
    direction(weights.subarray(label * dimensions, (label + 1) * dimensions)),
  );
  const leftOut = new Float32Array(labels.length * labelCount);
  const counts = countByLabel(examples);
  const without = new Float32Array(dimensions);
  const testWithout = async (vector: Float32Array, i: number) => {
    const label = labels[i] as number;
    prototypes.forEach((prototype, other) => {
      leftOut[i * labelCount + other] = dot(vector, prototype);
    });
    without.set(rowOf(label));
    add(without, vector, -1);
    // What rounding leaves of a single example has no meaning.
    const isAlone = counts[label] === 1 && !texts[label];
    leftOut[i * labelCount + label] = isAlone ? 0 : dot(vector, direction(without));
    await yieldAfter(labelCount * dimensions);
  };
  await examples.forEach(each(testWithout));
  return { weights, bias: new Float32Array(labelCount), leftOut };
}

/**
 * Scales to unit length in place. Vectors that cancel each other out are left as they are: cosines near 0.
 */
function direction(sum: Float32Array): Float32Array {
  return normalize(sum) ?? sum.fill(0);
}

function add(sum: Float32Array, vector: Float32Array, times: number): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + times * (vector[i] as number);
}
