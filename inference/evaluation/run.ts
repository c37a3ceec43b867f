/**
 * Measures the shipped models on held-out data and compares each figure with its threshold.
 *
 *     node inference/evaluation/run.ts [--quick] [--cards]
 *
 * `--quick` uses fewer cases. `--cards` writes the figures into the model cards. Exits with 1 if a figure
 * misses its threshold.
 */
import { parseArgs } from 'node:util';
import { writeCards } from './cards.ts';
import { evaluate as evaluateClip } from './clip.ts';
import { type Figure, reaches } from './figure.ts';
import { evaluate as evaluateImage } from './image.ts';
import { evaluate as evaluateText } from './text.ts';

const options = { quick: { type: 'boolean', default: false }, cards: { type: 'boolean', default: false } } as const;
const { quick, cards } = parseArgs({ options }).values;

const all: Figure[] = [];
for (const evaluate of [evaluateClip, evaluateImage, evaluateText]) {
  const figures = await evaluate({ quick });
  for (const figure of figures) console.log(row(figure));
  all.push(...figures);
}
if (cards) await writeCards(all);
const missed = all.filter((figure) => !reaches(figure));
if (missed.length > 0) {
  console.error(
    `\n${missed.length} missed their threshold: ${missed.map(({ model, figure }) => `${model} ${figure}`).join('; ')}`,
  );
  process.exitCode = 1;
}

function row(figure: Figure): string {
  const { model, figure: name, value, bar, n, atLeast } = figure;
  const digits = value >= 10 ? 0 : 3;
  const wanted =
    bar === null ? '' : `${atLeast ? '>=' : '<='} ${bar.toFixed(digits && 2)} ${reaches(figure) ? 'ok' : 'MISSED'}`;
  return `${model.padEnd(11)} ${name.padEnd(40)} ${value.toFixed(digits).padStart(6)}  n=${String(n).padEnd(5)} ${wanted}`;
}
