/** About 20 ms of multiplications. Steps are counted because clocks stand still while a Worker computes. */
const STEPS = 20e6;

let left = STEPS;

/**
 * Lets the requests that wait have a turn, once in a while: to be awaited in the loops of a computation of
 * seconds.
 *
 * @param steps multiplications since the last call
 */
export async function yieldAfter(steps: number): Promise<void> {
  left -= steps;
  if (left > 0) return;
  left = STEPS;
  await new Promise((resolve) => setTimeout(resolve, 0));
}
