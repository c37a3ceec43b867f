import { type Summary, spread, summarize } from './statistics.ts';

/**
 * Figures by key: the measure, the request if there are several, and the gateway:
 * `cpu_ratio.chat_json.cedalion`.
 */
export type Figures = ReadonlyMap<string, Summary>;

/** Several runs as one: the median of each figure, and its lowest and highest run. */
export function combine(runs: readonly Figures[]): Figures {
  const [first, ...others] = runs;
  if (!first || others.length === 0) return first ?? new Map();
  return new Map([...first.keys()].map((key) => [key, spread(runs.map((run) => run.get(key)?.median ?? Number.NaN))]));
}

/** The values of some gateways, round by round. */
export class Samples {
  readonly #values = new Map<string, number[]>();

  add(gateway: string, value: number): void {
    this.#values.set(gateway, [...(this.#values.get(gateway) ?? []), value]);
  }

  absolute(measure: string): Figures {
    return new Map([...this.#values].map(([gateway, values]) => [`${measure}.${gateway}`, summarize(values)]));
  }

  /** Compared with one gateway, round by round: a busy machine affects both. */
  comparedWith(base: string, measure: string, compare: (value: number, base: number) => number): Figures {
    const bases = this.#values.get(base) ?? [];
    return new Map(
      [...this.#values].map(([gateway, values]) => [
        `${measure}.${gateway}`,
        summarize(values.map((value, round) => compare(value, bases[round] ?? Number.NaN))),
      ]),
    );
  }
}

export const divided = (value: number, base: number): number => value / base;
export const minus = (value: number, base: number): number => value - base;
