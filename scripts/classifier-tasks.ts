import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawAsFile } from '../inference/evaluation/pictures.ts';
import { drawNewKind, NEW_KINDS } from '../test/support/new-kinds.ts';
import { randomFrom } from '../test/support/random.ts';

const DRAWINGS = join(import.meta.dirname, '../inference/evaluation/data/clip/drawings.json');

export interface Picture {
  readonly input: { image: string };
  readonly label: string;
}
/** Pictures of each label: those that examples are chosen from, and those that are tested. */
export interface Task {
  readonly title: string;
  readonly labels: readonly string[];
  readonly pool: readonly (readonly Picture[])[];
  readonly tested: readonly Picture[];
  readonly counts: readonly number[];
}

export async function newKinds(): Promise<Task> {
  const drawn = await Promise.all(
    NEW_KINDS.map(async (label, i) => {
      const random = randomFrom(100 + i);
      const pictures: Picture[] = [];
      while (pictures.length < 200) pictures.push(asPicture(await drawNewKind(label, random), label));
      return pictures;
    }),
  );
  const pool = drawn.map((pictures) => pictures.slice(0, 120));
  const tested = drawn.flatMap((pictures) => pictures.slice(120));
  return {
    title: 'Kinds that the model does not know',
    labels: NEW_KINDS,
    pool,
    tested,
    counts: [1, 2, 4, 8, 16, 32, 64],
  };
}

/** The drawings of inference/evaluation: few of each. */
export async function knownKinds(): Promise<Task> {
  const { drawings, labels, questions } = JSON.parse(readFileSync(DRAWINGS, 'utf8'));
  const names = (labels.objects as string[]).map((text) => text.replace(/^a photo of an? /, ''));
  const pictures: Picture[][] = names.map(() => []);
  for (const { task, picture, answer } of questions) {
    if (task !== 'objects') continue;
    const label = names[answer] as string;
    pictures[answer]?.push(asPicture(Buffer.from(await drawAsFile(drawings[picture], 128)), label));
  }
  const pool = pictures.map((all) => all.slice(0, 4));
  const tested = pictures.flatMap((all) => all.slice(4));
  return { title: 'Kinds that the model knows', labels: names, pool, tested, counts: [1, 2, 4] };
}

const asPicture = (bytes: Buffer, label: string): Picture => ({ input: { image: bytes.toString('base64') }, label });

/** Examples of each label, chosen at random. */
export function choose<T>(pool: readonly (readonly T[])[], examples: number, seed: number): T[] {
  const random = randomFrom(seed);
  return pool.flatMap((values) => shuffled(values, random).slice(0, examples));
}

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  return values
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
