import { randomFrom } from '../support/random.ts';
import { isSoak } from '../support/soak.ts';

const random = randomFrom(19);

/** All of them by `npm run attack`, and one of so many in `npm test`. */
export function some<T>(items: readonly T[], oneOf: number): readonly T[] {
  return isSoak ? items : items.filter(() => random() < 1 / oneOf);
}
