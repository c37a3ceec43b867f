import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ClipModel, loadClip } from '../src/clip.ts';
import { cosine, dataUrl, failure, json, ownModel, start } from './start.ts';

const strip = await sharp({ create: { width: 101, height: 1, channels: 3, background: 'red' } })
  .png()
  .toBuffer();

let clip: ClipModel;
beforeAll(async () => {
  clip = await loadClip(ownModel('tiny-clip'));
});

interface Answer {
  object: string;
  model: string;
  data: { object: string; index: number; embedding: number[] }[];
  usage: { prompt_tokens: number; total_tokens: number };
}

const vectorsOf = async (response: Promise<Response>) =>
  (await json<Answer>(response)).data.map(({ embedding }) => embedding);

describe.each(['/v1/embeddings', '/embeddings'])('POST %s', (path) => {
  test('returns unit vectors of texts and token counts', async () => {
    const { post } = await start({ clip });
    const answer = await json<Answer>(post(path, { model: 'tiny-clip', input: ['a cat', 'a red circle'] }));
    expect(answer).toMatchObject({ object: 'list', model: 'tiny-clip' });
    expect(answer.data.map(({ object, index }) => [object, index])).toEqual([
      ['embedding', 0],
      ['embedding', 1],
    ]);
    for (const { embedding } of answer.data) {
      expect(embedding).toHaveLength(clip.dimensions);
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
    }
    const { tokens } = await clip.embedTexts(['a cat', 'a red circle']);
    const total = tokens.reduce((a, b) => a + b);
    expect(answer.usage).toEqual({ prompt_tokens: total, total_tokens: total });
  });

  test('returns the same numbers as base64', async () => {
    const { post } = await start({ clip });
    const [float] = await vectorsOf(post(path, { model: 'tiny-clip', input: 'a cat' }));
    const request = { model: 'tiny-clip', input: 'a cat', encoding_format: 'base64' };
    const { data } = await json<{ data: { embedding: string }[] }>(post(path, request));
    const bytes = Buffer.from(data[0]?.embedding ?? '', 'base64');
    const numbers = Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(i * 4));
    expect(numbers).toEqual(float);
  });

  test('returns vectors of images in every format', async () => {
    const { post } = await start({ clip });
    const input = ['cat.png', 'cat.jpg', 'cat.webp', 'cat.gif', 'dog.png'].map(dataUrl);
    const [png, ...others] = (await vectorsOf(post(path, { model: 'tiny-clip', input, modality: 'image' }))) as [
      number[],
      ...number[][],
    ];
    const dog = others.pop() as number[];
    for (const same of others) expect(cosine(png, same)).toBeGreaterThan(0.9);
    expect(cosine(png, dog)).toBeLessThan(Math.min(...others.map((same) => cosine(png, same))));
  });
});

test('an image is nearest to its own caption', async () => {
  const { post } = await start({ clip });
  const names = ['cat', 'dog', 'house', 'tree'];
  const captions = names.map((name) => `a photo of a ${name}`);
  const pictures = names.map((name) => dataUrl(`${name}.png`));
  const texts = await vectorsOf(post('/embeddings', { model: 'tiny-clip', input: captions }));
  const images = await vectorsOf(post('/embeddings', { model: 'tiny-clip', input: pictures, modality: 'image' }));
  for (const [i, image] of images.entries()) {
    const scores = texts.map((text) => cosine(image, text));
    expect(scores.indexOf(Math.max(...scores))).toBe(i);
  }
});

test('a vector does not depend on the other texts of the request', async () => {
  const { post } = await start({ clip });
  const embed = async (input: string[]) => vectorsOf(post('/embeddings', { model: 'tiny-clip', input }));
  const [alone] = (await embed(['a dog'])) as [number[]];
  const [beside] = (await embed(['a dog', 'a small red house left of a large blue tree'])) as [number[]];
  expect(beside).toEqual(alone);
});

test('a text longer than the limit is truncated and still has a vector', async () => {
  const { post } = await start({ clip });
  const input = 'a red house '.repeat(100);
  const answer = await json<Answer>(post('/embeddings', { model: 'tiny-clip', input }));
  expect(Math.hypot(...(answer.data[0]?.embedding ?? []))).toBeCloseTo(1, 5);
  expect(answer.usage.prompt_tokens).toBeLessThan(100);
});

describe('an embedding request is rejected', () => {
  test.each([
    ['input', { input: [] }],
    ['input', { input: '' }],
    ['input[1]', { input: ['cat', ''] }],
    ['input', { input: [[1, 2, 3]] }],
    ['modality', { modality: 'audio' }],
    ['encoding_format', { encoding_format: 'int8' }],
    ['dimensions', { dimensions: 7 }],
    ['input', { modality: 'image', input: Array(33).fill(dataUrl('cat.png')) }],
  ])('with an error that names %s', async (param, body) => {
    const { post } = await start({ clip });
    const { status, error } = await failure(post('/embeddings', { model: 'tiny-clip', input: 'cat', ...body }));
    expect({ status, param: error.param, code: error.code }).toEqual({ status: 400, param, code: 'invalid_value' });
  });

  test.each([
    ['a URL, which is never fetched', 'https://example.com/cat.png', /does not fetch URLs/],
    [
      'bytes that are not an image',
      `data:image/png;base64,${Buffer.from('not a picture at all').toString('base64')}`,
      /none of these formats: png, jpeg/,
    ],
    [
      'an SVG',
      `data:image/svg+xml;base64,${Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>').toString('base64')}`,
      /is an SVG drawing/,
    ],
    ['a damaged image', dataUrl('cat.png').slice(0, 200), /cut off/],
    [
      'a strip, which would be enlarged to gigabytes',
      `data:image/png;base64,${strip.toString('base64')}`,
      /101 x 1 pixels/,
    ],
  ])('for %s, with an error that names the input', async (_, url, message) => {
    const { post } = await start({ clip });
    const input = [dataUrl('cat.png'), url];
    const { status, error } = await failure(post('/embeddings', { model: 'tiny-clip', input, modality: 'image' }));
    expect(status).toBe(400);
    expect(error).toMatchObject({
      code: 'invalid_picture',
      param: 'input[1]',
      message: expect.stringMatching(message),
    });
  });
});
