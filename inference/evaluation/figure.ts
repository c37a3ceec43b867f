/** One measured figure of a shipped model. */
export interface Figure {
  model: string;
  figure: string;
  value: number;
  /** The threshold for the value. Null if the figure is only reported. */
  bar: number | null;
  /** Number of measured cases. */
  n: number;
  /** True if the bar is a minimum (a score), false if it is a maximum (a time or an error). */
  atLeast: boolean;
}

export interface Extent {
  /** Fewer cases. */
  quick: boolean;
  /** Whether speeds are measured, too. */
  speeds?: boolean;
}

export function reaches({ value, bar, atLeast }: Figure): boolean {
  return bar === null || (atLeast ? value >= bar : value <= bar);
}
