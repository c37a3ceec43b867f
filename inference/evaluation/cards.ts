import { readFile, writeFile } from 'node:fs/promises';
import { type Figure, reaches } from './figure.ts';

const HEADING = '## Figures';

/** Writes the figures of each model into its model card, below the last heading. */
export async function writeCards(figures: Figure[]): Promise<void> {
  for (const model of new Set(figures.map((figure) => figure.model))) {
    const card = new URL(`../models/${model}/README.md`, import.meta.url);
    const text = await readFile(card, 'utf8');
    const rows = figures.filter((figure) => figure.model === model).map(row);
    const table = `Measured by \`npm run evaluate\` from the weights in this folder, on held-out data.

| figure | value | wanted | cases |
| --- | ---: | ---: | ---: |
${rows.join('\n')}
`;
    await writeFile(card, `${text.slice(0, text.indexOf(HEADING))}${HEADING}\n${table}`);
  }
}

function row(figure: Figure): string {
  const { figure: name, value, bar, n, atLeast } = figure;
  const digits = value >= 10 ? 0 : 3;
  const wanted = bar === null ? '' : `${atLeast ? '>=' : '<='} ${bar.toFixed(digits && 2)}`;
  return `| ${name} | ${value.toFixed(digits)} | ${wanted}${reaches(figure) ? '' : ', **missed**'} | ${n} |`;
}
