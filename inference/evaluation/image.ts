import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { loadClip } from '../src/clip.ts';
import { loadImage } from '../src/image.ts';
import { encodePicture, type Picture } from '../src/picture.ts';
import { decodePicture } from '../src/pictures/decode.ts';
import { nearest } from './clip.ts';
import { cpuMilliseconds } from './cpu-time.ts';
import type { Extent, Figure } from './figure.ts';
import { cutTiles } from './pictures.ts';

const MODEL = 'tiny-image';
const model = (name: string) => fileURLToPath(new URL(`../models/${name}`, import.meta.url));
const data = (name: string) => fileURLToPath(new URL(`data/image/${name}`, import.meta.url));

/** Minimum mean intersection over union of generated and expected masks, by group of prompts. */
const IOU_BARS: Record<string, number | null> = {
  single: 0.95,
  pair: 0.93,
  two: 0.9,
  three: 0.9,
  four: null,
  five: null,
  'held-out kind and color': 0.93,
  'unknown noun': 0.9,
};
const NEAREST_KIND_BAR = 0.95;
const NAMED_BAR = 0.95;
const MILLISECONDS_BAR = 1500;

/** Min difference from the background, out of 255, for a pixel to count as part of an object. */
const VISIBLE = 25;

interface Case {
  group: string;
  prompt: string;
  seed: number;
  /** The row of `kinds.png` that shows every kind in place of the correct one. */
  row?: number;
  /** The correct kind. */
  kind?: number;
}
interface Data {
  columns: number;
  kinds: number;
  cases: Case[];
  named: string[];
}

/**
 * Compares the images of the shipped weights for held-out prompts with the expected images for the same
 * seeds.
 */
export async function evaluate({ quick, speeds = true }: Extent): Promise<Figure[]> {
  const image = await loadImage(model(MODEL));
  const { columns, kinds, cases, named }: Data = JSON.parse(await readFile(data('prompts.json'), 'utf8'));
  const masks = await decodeAll(await cutTiles(data('masks.png'), columns, cases.length));
  const rows = Math.max(...cases.map(({ row }) => row ?? -1)) + 1;
  const everyKind = await decodeAll(await cutTiles(data('kinds.png'), kinds, quick ? 8 * kinds : rows * kinds));
  const draw = (prompt: string, seed: number, size: number) =>
    image.generate({ prompt, seed, width: size, height: size });

  const figures: Figure[] = [];
  for (const [group, bar] of Object.entries(IOU_BARS)) {
    const mine = cases.map((entry, tile) => ({ ...entry, tile })).filter((entry) => entry.group === group);
    const taken = quick ? mine.slice(0, 16) : mine;
    const ious: number[] = [];
    for (const { prompt, seed, tile } of taken) ious.push(iou(await draw(prompt, seed, 64), masks[tile] as Picture));
    figures.push({ model: MODEL, figure: `mask IoU, ${group}`, value: mean(ious), bar, n: ious.length, atLeast: true });
  }
  figures.push(await nearestKinds(cases, everyKind, kinds, (entry) => draw(entry.prompt, entry.seed, 48)));
  figures.push(await namedByClip(named, quick ? 1 : 5, (prompt, seed) => draw(prompt, seed, 64)));
  figures.push(...(await seeds(named.slice(0, 8), draw)));
  if (speeds) figures.push(await speed(quick ? 3 : 10, cases, draw));
  return figures;
}

/** Intersection over union of the image's foreground and the white pixels of the mask. */
function iou({ rgb, width, height }: Picture, mask: Picture): number {
  const corners = [0, width - 1, (height - 1) * width, height * width - 1];
  const background = [0, 1, 2].map((channel) => median(corners.map((pixel) => rgb[pixel * 3 + channel] as number)));
  let both = 0;
  let either = 0;
  for (let pixel = 0; pixel < width * height; pixel++) {
    const drawn = background.some((value, channel) => Math.abs((rgb[pixel * 3 + channel] as number) - value) > VISIBLE);
    const wanted = (mask.rgb[pixel * 3] as number) > 127;
    if (drawn && wanted) both++;
    if (drawn || wanted) either++;
  }
  return both / Math.max(1, either);
}

/** How often an image is nearer to its own kind than to any other kind drawn in the same place and color. */
async function nearestKinds(
  cases: Case[],
  everyKind: Picture[],
  kinds: number,
  draw: (entry: Case) => Promise<Picture>,
): Promise<Figure> {
  const compared = cases.filter(({ row }) => row !== undefined && (row + 1) * kinds <= everyKind.length);
  let right = 0;
  for (const entry of compared) {
    const { rgb } = await draw(entry);
    const row = everyKind.slice((entry.row ?? 0) * kinds).slice(0, kinds);
    const errors = row.map((other) => rgb.reduce((sum, value, i) => sum + (value - (other.rgb[i] as number)) ** 2, 0));
    if (errors.indexOf(Math.min(...errors)) === entry.kind) right++;
  }
  const value = right / compared.length;
  const figure = 'nearest of all kinds';
  return { model: MODEL, figure, value, bar: NEAREST_KIND_BAR, n: compared.length, atLeast: true };
}

/** How often tiny-clip picks the prompt of an image among all these prompts. */
async function namedByClip(
  prompts: string[],
  seedsEach: number,
  draw: (prompt: string, seed: number) => Promise<Picture>,
): Promise<Figure> {
  const clip = await loadClip(model('tiny-clip'));
  const texts = (await clip.embedTexts(prompts)).vectors;
  let right = 0;
  for (const [number, prompt] of prompts.entries()) {
    for (let seed = 1; seed <= seedsEach; seed++) {
      const file = await encodePicture(await draw(prompt, seed), 'png');
      const [vector] = (await clip.embedImages([file])).vectors as [Float32Array];
      if (nearest(vector, texts) === number) right++;
    }
  }
  const n = prompts.length * seedsEach;
  const figure = `named by tiny-clip among ${prompts.length}`;
  return { model: MODEL, figure, value: right / n, bar: NAMED_BAR, n, atLeast: true };
}

/** The same seed must give the same image, and another seed a different image. */
async function seeds(
  prompts: string[],
  draw: (prompt: string, seed: number, size: number) => Promise<Picture>,
): Promise<Figure[]> {
  let same = 0;
  let other = 0;
  for (const prompt of prompts) {
    const first = Buffer.from((await draw(prompt, 1, 32)).rgb);
    if (first.equals((await draw(prompt, 1, 32)).rgb)) same++;
    if (!first.equals((await draw(prompt, 2, 32)).rgb)) other++;
  }
  const common = { model: MODEL, bar: 1, n: prompts.length, atLeast: true };
  return [
    { ...common, figure: 'same seed, same picture', value: same / prompts.length },
    { ...common, figure: 'other seed, other picture', value: other / prompts.length },
  ];
}

async function speed(
  pictures: number,
  cases: Case[],
  draw: (prompt: string, seed: number, size: number) => Promise<Picture>,
): Promise<Figure> {
  const milliseconds = await cpuMilliseconds(async () => {
    for (const { prompt, seed } of cases.slice(0, pictures)) await draw(prompt, seed, 256);
  });
  const figure = 'CPU ms per 256 px picture';
  const value = milliseconds / pictures;
  return { model: MODEL, figure, value, bar: MILLISECONDS_BAR, n: pictures, atLeast: false };
}

function decodeAll(files: Uint8Array[]): Promise<Picture[]> {
  return Promise.all(files.map((file) => decodePicture(file)));
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Median of four values: the mean of the middle two. */
function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[1] as number) + (sorted[2] as number)) / 2;
}
