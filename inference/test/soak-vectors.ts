/**
 * Embeds random batches of texts and compares each vector with that of the text alone, bit for bit.
 *
 *     npm run soak:vectors [-- BATCHES]      10,000 by default
 */
import { comparePictures, compareTexts } from './same-vector.ts';

const batches = Number(process.argv[2] ?? 10_000);
const results = {
  'texts, 1 thread': await compareTexts(Math.ceil(batches / 2), { seed: 101, threads: 1, inputs: 500 }),
  'texts, 2 threads': await compareTexts(Math.floor(batches / 2), { seed: 102, threads: 2, inputs: 500 }),
  'pictures, 1 thread': await comparePictures([1, 2, 7, 8, 64], { threads: 1, inputs: 37 }),
  'pictures, 2 threads': await comparePictures([1, 2, 7, 8, 64], { threads: 2, inputs: 37 }),
};
console.table(results);
if (Object.values(results).some(({ different }) => different > 0)) process.exitCode = 1;
