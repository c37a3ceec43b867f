import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type ClipModel, loadClip } from '../src/clip.ts';
import { cpuMilliseconds } from './cpu-time.ts';
import type { Extent, Figure } from './figure.ts';
import { cutTiles, type Drawing, drawAsFile } from './pictures.ts';

const MODEL = 'tiny-clip';
const folder = fileURLToPath(new URL('../models/tiny-clip', import.meta.url));
const data = (name: string) => fileURLToPath(new URL(`data/clip/${name}`, import.meta.url));

/** Minimum accuracies on images like those of the training. Null: the figure is only reported. */
const BARS: Record<string, number | null> = {
  colors: 0.98,
  objects: 0.94,
  shapes: 0.88,
  'cat or dog': 0.96,
  'color x shape': 0.96,
  'left or right': null,
  binding: null,
  count: null,
};
const RETRIEVAL_BAR = 0.97;
/** How much lower the threshold is for images from another renderer. */
const CHANGED_PICTURES_ALLOWANCE = 0.05;

/** Which option describes the image? The options are the task's labels unless the question has its own. */
interface Question {
  task: string;
  picture: number;
  answer: number;
  options?: string[];
}
interface Asked {
  labels: Record<string, string[]>;
  questions: Question[];
}

/** Evaluates the shipped weights on held-out images and captions, loaded as in the server. */
export async function evaluate({ quick, speeds = true }: Extent): Promise<Figure[]> {
  const clip = await loadClip(folder);
  const { tiles, columns, captions, ...asked }: Asked & { tiles: number; columns: number; captions: string[] } =
    await readJson('scenes.json');
  const files = await cutTiles(data('scenes.png'), columns, tiles);
  const pictures = await embedAll(clip, files);
  const texts = (await clip.embedTexts(captions)).vectors;
  return [
    ...retrieval(pictures, texts),
    ...(await answers(clip, pictures, asked, '', 0)),
    ...(await otherWays(clip, quick)),
    ...(speeds ? await speed(clip, files.slice(0, 100), captions) : []),
  ];
}

/** Among each 100 images and their captions: how often is the counterpart the nearest? */
function retrieval(pictures: Float32Array[], texts: Float32Array[]): Figure[] {
  const hundreds = Math.floor(Math.min(pictures.length, texts.length) / 100);
  const count = (from: Float32Array[], to: Float32Array[]) => {
    let found = 0;
    for (let start = 0; start < hundreds * 100; start += 100) {
      const candidates = to.slice(start, start + 100);
      from.slice(start, start + 100).forEach((vector, i) => {
        if (nearest(vector, candidates) === i) found++;
      });
    }
    return found / (hundreds * 100);
  };
  const common = { model: MODEL, bar: RETRIEVAL_BAR, n: hundreds * 100, atLeast: true };
  return [
    { ...common, figure: 'retrieval@1 of 100, picture to text', value: count(pictures, texts) },
    { ...common, figure: 'retrieval@1 of 100, text to picture', value: count(texts, pictures) },
  ];
}

/** Accuracy per task. */
async function answers(
  clip: ClipModel,
  pictures: Float32Array[],
  { labels, questions }: Asked,
  suffix: string,
  allowance: number,
): Promise<Figure[]> {
  const put = questions.filter(({ picture }) => picture < pictures.length);
  const options = (question: Question) => question.options ?? labels[question.task] ?? [];
  const wordings = [...new Set(put.flatMap(options))];
  const { vectors } = await clip.embedTexts(wordings);
  const vectorOf = new Map(wordings.map((text, i) => [text, vectors[i] as Float32Array]));
  return Object.entries(BARS).flatMap(([task, bar]) => {
    const mine = put.filter((question) => question.task === task);
    if (mine.length === 0) return [];
    const right = mine.filter((question) => {
      const candidates = options(question).map((text) => vectorOf.get(text) as Float32Array);
      return nearest(pictures[question.picture] as Float32Array, candidates) === question.answer;
    });
    const figure = { model: MODEL, figure: task + suffix, value: right.length / mine.length, n: mine.length };
    return [{ ...figure, bar: bar && bar - allowance, atLeast: true }];
  });
}

/** The same questions on drawings by another renderer, in several sizes and with JPEG compression. */
async function otherWays(clip: ClipModel, quick: boolean): Promise<Figure[]> {
  const { drawings, ...asked }: Asked & { drawings: Drawing[] } = await readJson('drawings.json');
  const ways: [suffix: string, size: number, jpegQuality?: number][] = quick
    ? [[', SVG 256 px', 256]]
    : [
        [', SVG 32 px', 32],
        [', SVG 64 px', 64],
        [', SVG 256 px', 256],
        [', SVG 512 px', 512],
        [', SVG 256 px, JPEG 50', 256, 50],
      ];
  const figures: Figure[] = [];
  for (const [suffix, ...way] of ways) {
    const files = await Promise.all(drawings.map((drawing) => drawAsFile(drawing, ...way)));
    const pictures = await embedAll(clip, files);
    figures.push(...(await answers(clip, pictures, asked, suffix, CHANGED_PICTURES_ALLOWANCE)));
  }
  return figures;
}

/** On one thread, including decoding and resizing. */
async function speed(clip: ClipModel, files: Uint8Array[], texts: string[]): Promise<Figure[]> {
  const rate = (count: number, milliseconds: number) => (count * 1000) / milliseconds;
  const pictures = rate(files.length, await cpuMilliseconds(() => clip.embedImages(files)));
  const read = rate(texts.length, await cpuMilliseconds(() => clip.embedTexts(texts)));
  const common = { model: MODEL, atLeast: true };
  return [
    { ...common, figure: 'pictures per CPU second', value: pictures, bar: 100, n: files.length },
    { ...common, figure: 'texts per CPU second', value: read, bar: 500, n: texts.length },
  ];
}

/** In chunks that fit the queue of the model. */
async function embedAll(clip: ClipModel, files: Uint8Array[]): Promise<Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (let start = 0; start < files.length; start += 100) {
    vectors.push(...(await clip.embedImages(files.slice(start, start + 100))).vectors);
  }
  return vectors;
}

/** Index of the candidate with the highest cosine. */
export function nearest(vector: Float32Array, candidates: Float32Array[]): number {
  const scores = candidates.map((candidate) => candidate.reduce((sum, x, i) => sum + x * (vector[i] as number), 0));
  return scores.indexOf(Math.max(...scores));
}

async function readJson<T>(name: string): Promise<T> {
  return JSON.parse(await readFile(data(name), 'utf8'));
}
