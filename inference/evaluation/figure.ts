/** One measured figure of a shipped model. */
export interface Figure {
  model: string;
  figure: string;
  value: number;
  /** What the value must reach, or null where it is only reported. */
  bar: number | null;
  /** How many cases were measured. */
  n: number;
  /** Whether the value must be at least the bar (a score), or at most (a time or an error). */
  atLeast: boolean;
}

export function reaches({ value, bar, atLeast }: Figure): boolean {
  return bar === null || (atLeast ? value >= bar : value <= bar);
}
