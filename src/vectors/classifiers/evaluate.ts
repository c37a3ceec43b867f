import type { Examples, Fit } from './examples.ts';

/** What was predicted of each example by a classifier trained from all others. */
export interface Evaluation {
  /** How many examples were tested: those whose label has at least one other. */
  readonly examples: number;
  /** The share that was right, from 0 to 1. Null if none could be tested. */
  readonly accuracy: number | null;
  /**
   * How often the label of a column was predicted for an example of the label of a row. In the order of the
   * labels.
   */
  readonly confusion: readonly (readonly number[])[];
}

export function evaluate({ labels, labelCount }: Examples, { leftOut }: Fit, tested: readonly number[]): Evaluation {
  const confusion = Array.from({ length: labelCount }, () => new Array<number>(labelCount).fill(0));
  let right = 0;
  for (const i of tested) {
    const own = labels[i] as number;
    let best = 0;
    for (let label = 1; label < labelCount; label++) {
      const isBetter = (leftOut[i * labelCount + label] as number) > (leftOut[i * labelCount + best] as number);
      if (isBetter) best = label;
    }
    const row = confusion[own] as number[];
    row[best] = (row[best] as number) + 1;
    if (best === own) right++;
  }
  return { examples: tested.length, accuracy: tested.length > 0 ? right / tested.length : null, confusion };
}
