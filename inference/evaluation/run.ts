/**
 * Measures the shipped models on held-out data and compares each figure with its bar.
 *
 *     node inference/evaluation/run.ts [--quick]
 *
 * `--quick` takes fewer cases. Exits 1 when a figure misses its bar.
 */
import { parseArgs } from 'node:util';
import { evaluate as evaluateClip } from './clip.ts';
import { type Figure, reaches } from './figure.ts';
import { evaluate as evaluateImage } from './image.ts';
import { evaluate as evaluateText } from './text.ts';

const { quick } = parseArgs({ options: { quick: { type: 'boolean', default: false } } }).values;

const missed: Figure[] = [];
for (const evaluate of [evaluateClip, evaluateImage, evaluateText]) {
  const figures = await evaluate({ quick });
  for (const figure of figures) console.log(row(figure));
  missed.push(...figures.filter((figure) => !reaches(figure)));
}
if (missed.length > 0) {
  console.error(
    `\n${missed.length} below the bar: ${missed.map(({ model, figure }) => `${model} ${figure}`).join('; ')}`,
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
