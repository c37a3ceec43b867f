import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isSoak } from '../../test/support/soak.ts';
import { type ClipModel, loadClip } from '../src/clip.ts';
import { decodePicture } from '../src/pictures/decode.ts';
import { loadPreprocessing } from '../src/preprocess.ts';
import { REFERENCE_TEXTS, referencePictures } from './reference/inputs.ts';
import { cosine, ownModel } from './start.ts';

interface Numbers {
  shape: number[];
  sha256: string;
  samples: number[];
}

interface Reference {
  pictures: Record<string, { pixels: Record<string, Numbers>; vector: string }>;
  texts: { text: string; tokens: number[]; vector: string }[];
}

const HERE = import.meta.dirname;
const reference: Reference = JSON.parse(readFileSync(join(HERE, 'fixtures', 'reference.json'), 'utf8'));
const configs: Record<string, object> = JSON.parse(readFileSync(join(HERE, 'reference', 'processors.json'), 'utf8'));
const pictures = await referencePictures();
const folders: string[] = [];

/** All 37 in `npm run soak`, and every fifth of them in `npm test`. */
function someOf<T>(all: T[]): T[] {
  expect(all).toHaveLength(37);
  return isSoak ? all : all.filter((_, i) => i % 5 === 0);
}

/** A model folder with nothing but preprocessing. */
function folderWith(config: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'processor-'));
  folders.push(folder);
  const common = { image_processor_type: 'CLIPImageProcessor', do_resize: true, do_rescale: true, do_normalize: true };
  const normalization = {
    image_mean: [0.48145466, 0.4578275, 0.40821073],
    image_std: [0.26862954, 0.26130258, 0.27577711],
  };
  const crop = 'crop_size' in config ? { do_center_crop: true } : {};
  const content = { ...common, rescale_factor: 1 / 255, ...normalization, ...crop, ...config };
  writeFileSync(join(folder, 'preprocessor_config.json'), JSON.stringify(content));
  return folder;
}

function numbersOf(folder: string): { mean: number[]; std: number[] } {
  const config = JSON.parse(readFileSync(join(folder, 'preprocessor_config.json'), 'utf8'));
  return { mean: config.image_mean, std: config.image_std };
}

function vectorOf(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(i * 4));
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

describe.each(['tiny-clip', ...Object.keys(configs)])('the preprocessing %s', (name) => {
  const folder = name === 'tiny-clip' ? ownModel('tiny-clip') : folderWith(configs[name] as object);
  const { mean, std } = numbersOf(folder);

  test('makes of pictures the pixels that Python makes', async () => {
    const family = name === 'siglip' ? 'siglip' : 'clip';
    const toPixels = await loadPreprocessing({ id: name, path: folder, local: true }, family, {});
    for (const [picture, { pixels }] of someOf(Object.entries(reference.pictures))) {
      const wanted = pixels[name] as Numbers;
      const { dims, data } = (await toPixels(await decodePicture(pictures[picture] as Buffer, 'none'))) as {
        dims: number[];
        data: Float32Array;
      };
      expect({ picture, dims }).toEqual({ picture, dims: [1, ...wanted.shape] });
      const samples = wanted.samples.map(
        (_, i) => data[Math.floor((i * (data.length - 1)) / (wanted.samples.length - 1))],
      );
      const differences = wanted.samples.map((sample, i) => Math.abs(sample - (samples[i] as number)));
      expect(Math.max(...differences), picture).toBeLessThan(1e-6);
      // The bytes before normalization are whole numbers: their digest says that no pixel differs.
      const plane = data.length / 3;
      const bytes = Uint8Array.from(data, (value, i) => {
        const channel = Math.floor(i / plane);
        return Math.round((value * (std[channel] as number) + (mean[channel] as number)) * 255);
      });
      expect(createHash('sha256').update(bytes).digest('hex'), picture).toBe(wanted.sha256);
    }
  });
});

describe('tiny-clip, compared with Python', () => {
  let clip: ClipModel;
  beforeAll(async () => {
    clip = await loadClip(ownModel('tiny-clip'), { background: 'none' });
  });

  test('gives pictures the same vectors', async () => {
    const names = someOf(Object.keys(reference.pictures));
    const { vectors } = await clip.embedImages(names.map((name) => pictures[name] as Buffer));
    const cosines = names.map((name, i) =>
      cosine(vectors[i] as Float32Array, vectorOf(reference.pictures[name]?.vector ?? '')),
    );
    expect(Math.min(...cosines)).toBeGreaterThan(0.99999);
  });

  test('gives 216 texts the same vectors and tokens', async () => {
    expect(reference.texts.map(({ text }) => text)).toEqual(REFERENCE_TEXTS);
    expect(REFERENCE_TEXTS).toHaveLength(216);
    const { vectors } = await clip.embedTexts(REFERENCE_TEXTS);
    for (const [i, { text, tokens, vector }] of reference.texts.entries()) {
      expect({ text, tokens: clip.tokenize(text) }).toEqual({ text, tokens });
      expect(cosine(vectors[i] as Float32Array, vectorOf(vector))).toBeGreaterThan(0.99999);
    }
  });
});
