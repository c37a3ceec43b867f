import type { Figures } from './figures.ts';
import type { Gateway } from './gateways.ts';
import { namedFigures } from './named.ts';
import type { Summary } from './statistics.ts';

/** Prints every figure, and as the last line the named figures of Cedalion as one JSON object. */
export function print(figures: Figures, gateways: readonly Gateway[], runs: number): void {
  for (const [key, summary] of figures) console.log(`${key}: ${format(summary)}`);
  const cedalions = gateways.filter(({ kind }) => kind === 'cedalion');
  if (runs > 1) {
    console.log(`\nMedian of ${runs} runs (lowest to highest run):`);
    for (const { name: gateway } of cedalions) {
      for (const [name, summary] of namedFigures(figures, gateway))
        console.log(`${gateway} ${name}: ${format(summary)}`);
    }
  }
  const medians = cedalions.map(({ name: gateway }) => [
    gateway,
    Object.fromEntries(namedFigures(figures, gateway).map(([name, { median }]) => [name, round(median)])),
  ]);
  console.log(JSON.stringify(cedalions.length === 1 ? medians[0]?.[1] : Object.fromEntries(medians)));
}

function format({ median, low, high }: Summary): string {
  return low === high ? `${round(median)}` : `${round(median)} (${round(low)} to ${round(high)})`;
}

/** Three decimals of what is below one, as CPU times are. */
const round = (value: number) => Number(value.toFixed(Math.abs(value) < 1 ? 3 : 2));
