import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadClip } from '../src/clip.ts';
import { loadImage } from '../src/image.ts';
import type { Models } from '../src/models.ts';
import { failure, json, ownModel, picture, start } from './start.ts';

let models: Models;
beforeAll(async () => {
  const [clip, image] = await Promise.all([loadClip(ownModel('tiny-clip')), loadImage(ownModel('tiny-image'))]);
  models = { clip, image };
});

describe('text-to-image', () => {
  const PATH = '/models/tiny-image';
  const cat = { inputs: 'a cat', parameters: { width: 64, height: 48, seed: 1 } };
  const bytes = async (response: Promise<Response>) => Buffer.from(await (await response).arrayBuffer());

  test('returns a PNG of the requested size', async () => {
    const { post } = await start(models);
    const response = await post(PATH, cat);
    expect(response.headers.get('content-type')).toBe('image/png');
    const { format, width, height } = await sharp(await response.arrayBuffer()).metadata();
    expect({ format, width, height }).toEqual({ format: 'png', width: 64, height: 48 });
  });

  test.each(['jpeg', 'webp'])('returns image/%s if the Accept header asks for it', async (format) => {
    const { post } = await start(models);
    const response = await post(PATH, cat, { headers: { Accept: `image/${format}, */*;q=0.5` } });
    expect(response.headers.get('content-type')).toBe(`image/${format}`);
    expect((await sharp(await response.arrayBuffer()).metadata()).format).toBe(format);
  });

  test('returns the same image for the same seed and another image for another seed', async () => {
    const { post } = await start(models);
    const draw = (seed: number) => bytes(post(PATH, { ...cat, parameters: { ...cat.parameters, seed } }));
    const [first, again, other] = [await draw(1), await draw(1), await draw(2)];
    expect(again.equals(first)).toBe(true);
    expect(other.equals(first)).toBe(false);
  });

  test('returns a different image each time without a seed', async () => {
    const { post } = await start(models);
    const draw = () => bytes(post(PATH, { inputs: 'a cat', parameters: { width: 64, height: 64 } }));
    expect((await draw()).equals(await draw())).toBe(false);
  });

  test('returns images that CLIP recognizes', async () => {
    const { post } = await start(models);
    for (const label of ['house', 'tree']) {
      const file = await bytes(post(PATH, { inputs: `a ${label}`, parameters: { width: 128, height: 128, seed: 3 } }));
      const parameters = { candidate_labels: ['house', 'tree', 'boat'], hypothesis_template: 'a {}' };
      const ranked = await json<{ label: string }[]>(
        post('/models/tiny-clip', { inputs: file.toString('base64'), parameters }),
      );
      expect(ranked[0]?.label).toBe(label);
    }
  });

  test.each([
    ['width', { width: 4 }],
    ['height', { height: 5000 }],
    ['parameters.width', { width: 64.5 }],
    ['parameters.negative_prompt', { negative_prompt: 'dogs' }],
  ])('rejects an invalid %s', async (param, parameters) => {
    const { post } = await start(models);
    const { status, error } = await failure(post(PATH, { inputs: 'a cat', parameters }));
    expect({ status, param: error.param }).toEqual({ status: 400, param });
  });
});

describe('feature extraction', () => {
  test.each(['/models/tiny-clip', '/hf-inference/models/tiny-clip/pipeline/feature-extraction'])(
    'at %s',
    async (path) => {
      const { post } = await start(models);
      const one = await json<number[]>(post(path, { inputs: 'a cat' }));
      const two = await json<number[][]>(post(path, { inputs: ['a cat', 'a dog'] }));
      expect(one).toHaveLength(models.clip?.dimensions ?? 0);
      expect(Math.hypot(...one)).toBeCloseTo(1, 5);
      expect(two.map((vector) => vector.length)).toEqual([one.length, one.length]);
    },
  );
});

describe('zero-shot image classification', () => {
  const classify = (name: string, labels: string[]) => ({
    inputs: picture(name).toString('base64'),
    parameters: { candidate_labels: labels, hypothesis_template: 'a photo of a {}' },
  });

  test('distinguishes cats and dogs, with probabilities in descending order', async () => {
    const { post } = await start(models);
    for (const animal of ['cat', 'dog']) {
      const request = classify(`${animal}.png`, ['dog', 'cat', 'house']);
      const ranked = await json<{ label: string; score: number }[]>(post('/hf-inference/models/tiny-clip', request));
      expect(ranked[0]?.label).toBe(animal);
      expect(ranked.map(({ score }) => score)).toEqual(ranked.map(({ score }) => score).sort((a, b) => b - a));
      expect(ranked.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 6);
    }
  });

  test.each([
    ['parameters.candidate_labels', { parameters: { candidate_labels: [] } }],
    ['parameters.hypothesis_template', { parameters: { candidate_labels: ['cat'], hypothesis_template: 'x' } }],
    [
      'parameters.hypothesis_template',
      { parameters: { candidate_labels: Array(1024).fill('cat'), hypothesis_template: '{}'.repeat(10_000) } },
    ],
    ['inputs', { inputs: 'not base64!' }],
  ])('rejects an invalid %s', async (param, body) => {
    const { post } = await start(models);
    const { status, error } = await failure(post('/models/tiny-clip', { ...classify('cat.png', ['cat']), ...body }));
    expect({ status, param: error.param }).toEqual({ status: 400, param });
  });
});

test('an unsupported task and an unknown model return different errors', async () => {
  const { post } = await start(models);
  const wrong = await failure(post('/models/tiny-image/pipeline/feature-extraction', { inputs: 'a cat' }));
  expect(wrong).toMatchObject({ status: 400, error: { code: 'unsupported_task' } });
  const missing = await failure(post('/models/owner/name', { inputs: 'a cat' }));
  expect(missing).toMatchObject({ status: 404, error: { code: 'model_not_found', param: 'model' } });
});
