import { loadClip } from '../src/clip.ts';
import { referencePictures } from './reference/inputs.ts';
import { ownModel } from './start.ts';

const WORDS =
  'a the red blue small large two three circle square cat dog house tree left right of above below photo drawing umbrella café 猫 “quoted” 42'.split(
    ' ',
  );

/** Mulberry32: the same batches in every run. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Texts of 1 to 40 words: from the shortest to truncated ones. */
export function randomTexts(count: number, random: () => number): string[] {
  const word = () => WORDS[Math.floor(random() * WORDS.length)] as string;
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + Math.floor(random() ** 2 * 40) }, word).join(' '),
  );
}

export interface Comparison {
  vectors: number;
  /** Vectors of which any bit differs from those of the input alone. */
  different: number;
  /** Of any number of any vector. */
  largestDifference: number;
}

interface Options {
  threads: number;
  /** How many different inputs there are. */
  inputs: number;
}

/** Embeds `batches` random batches of 2 to 64 texts, and each text alone. */
export async function compareTexts(
  batches: number,
  { seed, threads, inputs }: Options & { seed: number },
): Promise<Comparison> {
  const clip = await loadClip(ownModel('tiny-clip'), { threads });
  const random = randomFrom(seed);
  const pool = randomTexts(inputs, random);
  const alone: Float32Array[] = [];
  for (const text of pool) alone.push(...(await clip.embedTexts([text])).vectors);
  const result = { vectors: 0, different: 0, largestDifference: 0 };
  for (let i = 0; i < batches; i++) {
    const size = [2, 7, 64][i] ?? 2 + Math.floor(random() ** 2 * 63);
    const chosen = Array.from({ length: size }, () => Math.floor(random() * pool.length));
    const { vectors } = await clip.embedTexts(chosen.map((index) => pool[index] as string));
    for (const [j, index] of chosen.entries()) {
      count(result, vectors[j] as Float32Array, alone[index] as Float32Array);
    }
  }
  return result;
}

/** Embeds pictures in batches of the given sizes, and each alone. */
export async function comparePictures(sizes: number[], { threads, inputs }: Options): Promise<Comparison> {
  const clip = await loadClip(ownModel('tiny-clip'), { threads });
  const pictures = Object.values(await referencePictures()).slice(0, inputs);
  const alone: Float32Array[] = [];
  for (const picture of pictures) alone.push(...(await clip.embedImages([picture])).vectors);
  const result = { vectors: 0, different: 0, largestDifference: 0 };
  for (const size of sizes) {
    const chosen = Array.from({ length: size }, (_, i) => (i * 5) % pictures.length);
    const { vectors } = await clip.embedImages(chosen.map((index) => pictures[index] as Buffer));
    for (const [j, index] of chosen.entries()) {
      count(result, vectors[j] as Float32Array, alone[index] as Float32Array);
    }
  }
  return result;
}

function count(result: Comparison, vector: Float32Array, alone: Float32Array): void {
  const difference = vector.reduce((most, value, i) => Math.max(most, Math.abs(value - (alone[i] as number))), 0);
  result.vectors++;
  if (vector.some((value, i) => !Object.is(value, alone[i]))) result.different++;
  result.largestDifference = Math.max(result.largestDifference, difference);
}
