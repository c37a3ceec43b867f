import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadClip } from '../src/clip.ts';
import { loadImage } from '../src/image.ts';
import { loadText } from '../src/text.ts';
import { cosine, fixtureModel, json, ownModel, picture, start } from './start.ts';

const TOO_LONG = Array(30).fill('cat').join(' ');
const CUT = Array(8).fill('cat').join(' ');

async function vectors(model: Awaited<ReturnType<typeof loadClip>>, ...texts: string[]): Promise<Float32Array[]> {
  return (await model.embedTexts(texts)).vectors;
}

describe('a CLIP model from another source', () => {
  test('is named after its folder and scores by a softmax at scale 100', async () => {
    const model = await loadClip(fixtureModel('random-clip'));
    expect(model).toMatchObject({ id: 'random-clip', family: 'clip', dimensions: 12, logitScale: 100 });
    expect(model.logitBias).toBeUndefined();
    const [image] = (await model.embedImages([picture('cat.png')])).vectors as [Float32Array];
    const texts = await vectors(model, 'a cat', 'a dog', 'a tree');
    const exponents = texts.map((text) => Math.exp(100 * cosine(image, text)));
    const total = exponents.reduce((a, b) => a + b);
    const scores = model.scores(image, texts);
    for (const [i, exponent] of exponents.entries()) expect(scores[i]).toBeCloseTo(exponent / total, 5);
  });

  test('whose end token is also the padding token returns the same vector alone and in a batch with longer texts', async () => {
    const model = await loadClip(fixtureModel('random-clip'));
    const [alone] = (await vectors(model, 'a cat')) as [Float32Array];
    const [beside] = (await vectors(model, 'a cat', 'a photo of a red house')) as [Float32Array];
    expect(cosine(alone, beside)).toBeCloseTo(1, 6);
  });

  test('truncates texts to its limit and keeps the end token', async () => {
    const model = await loadClip(fixtureModel('random-clip'));
    const {
      vectors: [long, cut],
      tokens,
    } = await model.embedTexts([TOO_LONG, CUT]);
    expect(tokens).toEqual([10, 10]);
    expect(cosine(long as Float32Array, cut as Float32Array)).toBeCloseTo(1, 6);
  });
});

describe('a SigLIP model', () => {
  test('scores each text by a sigmoid with the scale and bias of its checkpoint', async () => {
    const model = await loadClip(fixtureModel('random-siglip'));
    expect(model).toMatchObject({ family: 'siglip', logitScale: 10, logitBias: -2 });
    const [image] = (await model.embedImages([picture('cat.png')])).vectors as [Float32Array];
    const texts = await vectors(model, 'a cat', 'a dog');
    const expected = texts.map((text) => 1 / (1 + Math.exp(2 - 10 * cosine(image, text))));
    const scores = model.scores(image, texts);
    for (const [i, score] of expected.entries()) expect(scores[i]).toBeCloseTo(score, 5);
  });

  test('pads every text to the full length, so a vector never depends on its batch', async () => {
    const model = await loadClip(fixtureModel('random-siglip'));
    const [alone] = (await vectors(model, 'cat')) as [Float32Array];
    const [beside] = (await vectors(model, 'cat', TOO_LONG)) as [Float32Array];
    expect(cosine(alone, beside)).toBeCloseTo(1, 6);
  });

  test('returns vectors but no scores if its scale is unknown', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'siglip-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await cp(fixtureModel('random-siglip'), folder, { recursive: true });
    const { logit_scale, logit_bias, ...config } = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'));
    await writeFile(join(folder, 'config.json'), JSON.stringify(config));

    const model = await loadClip(folder);
    const [text] = (await vectors(model, 'cat')) as [Float32Array];
    expect(() => model.scores(text, [text])).toThrow(/cannot compute scores/);
    const configured = await loadClip(folder, { logitScale: logit_scale, logitBias: logit_bias });
    expect(configured.scores(text, [text])[0]).toBeCloseTo(1 / (1 + Math.exp(2 - 10)), 5);
  });
});

test('any model is served under its own name or a configured name, with or without the others', async () => {
  const name = 'owner/a-siglip';
  const [clip, text] = await Promise.all([
    loadClip(fixtureModel('random-siglip'), { name }),
    loadText(fixtureModel('reciter')),
  ]);
  const { get, post } = await start({ clip, text });
  const { data } = await json<{ data: { id: string }[] }>(get('/v1/models'));
  expect(data.map(({ id }) => id)).toEqual(['reciter', name]);
  expect((await post('/embeddings', { model: name, input: 'a cat' })).status).toBe(200);
  expect((await post('/models/tiny-image', { inputs: 'a cat' })).status).toBe(404);
});

describe('loading fails with a clear error for', () => {
  test.each([
    ['a missing folder', () => loadClip('no-such-folder'), /"no-such-folder" is neither an existing folder/],
    ['a text model as CLIP', () => loadClip(ownModel('tiny-text')), /"llama" model.*CLIP and SigLIP/],
    ['a CLIP model as text model', () => loadText(ownModel('tiny-clip')), /clip/],
    ['a folder without weights', () => loadText(join(fixtureModel('reciter'), 'onnx')), /config\.json/],
    ['a missing precision', () => loadText(fixtureModel('reciter'), { dtype: 'q4' }), /model_q4\.onnx/],
    ['a hub model for the image task', () => loadImage('owner/name'), /folder/],
  ])('%s', async (_, load, message) => {
    await expect(load()).rejects.toThrow(message);
  });
});
