import { beforeEach, describe, expect, test } from 'vitest';
import { type ClipModel, loadClip } from '../src/clip.ts';
import { Gate } from '../src/gate.ts';
import { loadImage } from '../src/image.ts';
import { loadText, type TextModel } from '../src/text.ts';
import { dataUrl, failure, fixtureModel, json, ownModel, start } from './start.ts';

interface Vectors {
  data: { embedding: number[] }[];
}

/** A generation that outlasts every test: 30,000 tokens take about ten seconds. */
const endless = { model: 'reciter', prompt: 'x', max_tokens: 30_000 };

describe('simultaneous embedding requests', () => {
  let clip: ClipModel;
  beforeEach(async () => {
    clip = await loadClip(ownModel('tiny-clip'));
  });

  test('share forward passes and each receive their own vectors', async () => {
    const { post } = await start({ clip });
    const busy = post('/embeddings', { model: 'tiny-clip', input: Array<string>(2048).fill('a cat') });
    const colors = ['red', 'blue', 'green', 'yellow', 'black', 'white', 'purple', 'orange'];
    const texts = ['cat', 'dog', 'house', 'tree'].flatMap((noun) => colors.map((color) => `a ${color} ${noun}`));
    const embed = (input: string) => json<Vectors>(post('/embeddings', { model: 'tiny-clip', input }));
    const together = await Promise.all(texts.map(embed));
    await json(busy);
    const batchesOfBusy = 2048 / 64;
    expect(clip.load().text.batches).toBeLessThan(batchesOfBusy + texts.length / 2);
    for (const [i, text] of texts.entries()) {
      const [alone] = (await clip.embedTexts([text])).vectors;
      expect(together[i]?.data[0]?.embedding).toEqual(Array.from(alone ?? []));
    }
  });

  test('fail independently: one invalid image does not fail the batch', async () => {
    const { post } = await start({ clip });
    const send = (input: string) => post('/embeddings', { model: 'tiny-clip', input, modality: 'image' });
    const bad = `data:image/png;base64,${Buffer.alloc(100).toString('base64')}`;
    const statuses = await Promise.all([dataUrl('cat.png'), bad, dataUrl('dog.png')].map(send));
    expect(statuses.map(({ status }) => status)).toEqual([200, 400, 200]);
  });

  test('are rejected if too many wait', async () => {
    const { post } = await start({ clip });
    const input = Array<string>(2048).fill('a cat');
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post('/embeddings', { model: 'tiny-clip', input })),
    );
    const full = answers.filter(({ status }) => status === 503);
    expect(full.length).toBeGreaterThan(0);
    expect(full.length).toBeLessThan(8);
    expect(full[0]?.headers.get('retry-after')).toBe('1');
    expect(await full[0]?.json()).toMatchObject({ error: { type: 'server_error', code: 'queue_full' } });
  });

  test('are dropped if the client disconnects', async () => {
    const leave = new AbortController();
    const pictures = (count: number) =>
      Array.from({ length: count }, () => Buffer.from(dataUrl('cat.png').split(',')[1] ?? '', 'base64'));
    const first = clip.embedImages(pictures(8));
    const left = clip.embedImages(pictures(200), leave.signal);
    leave.abort();
    await expect(left).rejects.toThrow(/abort/);
    await first;
    expect(clip.load().image).toEqual({ waiting: 0, batches: 1 });
  });
});

describe('text generations', () => {
  let text: TextModel;
  beforeEach(async () => {
    text = await loadText(fixtureModel('reciter'));
  });

  test('stream while they run, and stop if the client disconnects', async () => {
    const textGate = new Gate({ active: 2, waiting: 2 });
    const { post } = await start({ text }, { textGate });
    const leave = new AbortController();
    const response = await post('/v1/completions', { ...endless, stream: true }, { signal: leave.signal });
    const reader = response.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('"text":"G"');
    expect(textGate.depth.running).toBe(1);
    leave.abort();
    await expect.poll(() => textGate.depth.running).toBe(0);
  });

  test('stop if the client of a non-streamed response disconnects', async () => {
    const textGate = new Gate({ active: 2, waiting: 2 });
    const { post } = await start({ text }, { textGate });
    const leave = new AbortController();
    const answer = post('/v1/completions', endless, { signal: leave.signal });
    await expect.poll(() => textGate.depth.running).toBe(1);
    leave.abort();
    await expect(answer).rejects.toThrow(/abort/);
    await expect.poll(() => textGate.depth.running).toBe(0);
  });

  test('run interleaved: a short one finishes before a long one', async () => {
    const { post } = await start({ text });
    const leave = new AbortController();
    const long = post('/v1/completions', endless, { signal: leave.signal }).catch(() => 'left');
    const short = await json<{ usage: { completion_tokens: number } }>(
      post('/v1/completions', { ...endless, max_tokens: 50 }),
    );
    expect(short.usage.completion_tokens).toBe(50);
    leave.abort();
    expect(await long).toBe('left');
  });

  test('wait in a bounded queue and are rejected if it is full, streams included', async () => {
    const textGate = new Gate({ active: 1, waiting: 1 });
    const { post } = await start({ text }, { textGate });
    const leave = new AbortController();
    const running = post('/v1/completions', endless, { signal: leave.signal }).catch(() => 'left');
    await expect.poll(() => textGate.depth).toEqual({ running: 1, waiting: 0 });
    const waiting = post('/v1/completions', { ...endless, max_tokens: 1 });
    await expect.poll(() => textGate.depth).toEqual({ running: 1, waiting: 1 });
    for (const stream of [false, true]) {
      const response = await post('/v1/completions', { ...endless, stream });
      expect(response.headers.get('retry-after')).toBe('1');
      expect(await failure(Promise.resolve(response))).toMatchObject({ status: 503, error: { code: 'queue_full' } });
    }
    leave.abort();
    expect(await running).toBe('left');
    expect((await waiting).status).toBe(200);
  });

  test('that wait are dropped if their client disconnects', async () => {
    const textGate = new Gate({ active: 1, waiting: 1 });
    const { post } = await start({ text }, { textGate });
    const [first, second] = [new AbortController(), new AbortController()];
    const running = post('/v1/completions', endless, { signal: first.signal }).catch(() => 'left');
    await expect.poll(() => textGate.depth.running).toBe(1);
    const waiting = post('/v1/completions', endless, { signal: second.signal }).catch(() => 'left');
    await expect.poll(() => textGate.depth.waiting).toBe(1);
    second.abort();
    await expect.poll(() => textGate.depth).toEqual({ running: 1, waiting: 0 });
    first.abort();
    expect(await Promise.all([running, waiting])).toEqual(['left', 'left']);
  });
});

test('an image generation stops if the client disconnects', async () => {
  const image = await loadImage(ownModel('tiny-image'));
  const imageGate = new Gate({ active: 1, waiting: 1 });
  const { post } = await start({ image }, { imageGate });
  const leave = new AbortController();
  const large = { inputs: 'a cat', parameters: { width: 1024, height: 1024 } };
  const answer = post('/models/tiny-image', large, { signal: leave.signal });
  await expect.poll(() => imageGate.depth.running).toBe(1);
  leave.abort();
  await expect(answer).rejects.toThrow(/abort/);
  await expect.poll(() => imageGate.depth.running, { timeout: 2000 }).toBe(0);
});
