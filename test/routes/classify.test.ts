import { describe, expect, it } from 'vitest';
import { ClipHost } from '../support/clip-host.ts';
import { bearer, createKey } from '../support/keys.ts';
import { PNG } from '../support/pictures.ts';
import { ask, errorOf, ORIGIN, serve } from '../support/worker.ts';

const EMBED = `${ORIGIN}/embeddings`;
const picture = { image: PNG.toBase64() };

interface Answer {
  model: string;
  relative?: boolean;
  data: {
    index: number;
    prediction: string;
    score: number;
    predictions: { label: string; score: number; cosine: number | null }[];
  }[];
}

async function classify(json: object, more: object = {}): Promise<Answer> {
  const answer = await ask('/v1/classify', { json, ...more });
  expect(answer.status, await answer.clone().text()).toBe(200);
  return (await answer.json()) as Answer;
}

describe('classification from vectors', () => {
  it('is a softmax over the labels, best first', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const { data } = await classify({ input: [picture, 'a text'], labels: ['cat', 'dog', 'boat'] });
    expect(data).toHaveLength(2);
    const { logit_scale } = (await (await ask('/v1/models/tiny-clip')).json()) as { logit_scale: number };
    for (const { prediction, score, predictions } of data) {
      expect(predictions.reduce((sum, entry) => sum + entry.score, 0)).toBeCloseTo(1, 9);
      expect(predictions[0]).toMatchObject({ label: prediction, score });
      const [first, second] = predictions as [(typeof predictions)[0], (typeof predictions)[0]];
      const odds = Math.exp(logit_scale * ((first.cosine ?? 0) - (second.cosine ?? 0)));
      expect(first.score / second.score).toBeCloseTo(odds, 5);
    }
  });

  it('inserts labels into the template, and uses prompts unchanged', async () => {
    const host = new ClipHost();
    serve({ [EMBED]: host.answer });
    await classify({
      input: picture,
      labels: ['cat', { label: 'dog', prompts: ['a dog', 'a puppy'] }],
      hypothesis_template: 'this is {}',
    });
    expect(host.seen.filter((item) => item.startsWith('text:'))).toEqual([
      'text:this is cat',
      'text:a dog',
      'text:a puppy',
    ]);
  });

  it('scores labels independently with multi_label', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const one = await classify({ input: picture, labels: ['cat'], multi_label: true });
    const three = await classify({ input: picture, labels: ['cat', 'dog', 'boat'], multi_label: true });
    const cat = three.data[0]?.predictions.find(({ label }) => label === 'cat');
    expect(cat?.score).toBeCloseTo(one.data[0]?.score ?? 9, 12);
    for (const { score } of three.data[0]?.predictions ?? []) expect(score > 0 && score < 1).toBe(true);
  });

  it('returns only the best labels with top_k', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const { data } = await classify({ input: picture, labels: ['a', 'b', 'c'], top_k: 1 });
    expect(data[0]?.predictions).toHaveLength(1);
  });

  it('accepts a raw picture, with labels in the query string', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const answer = await ask('/v1/classify?labels=cat&labels=dog&top_k=1', {
      body: PNG,
      headers: { 'content-type': 'image/png' },
    });
    expect(((await answer.json()) as Answer).data[0]?.predictions).toHaveLength(1);
  });
});

describe('a template', () => {
  const labels = Array.from({ length: 1_000 }, (_, i) => `label ${i}`);
  const ask1000 = (json: object, headers = {}) =>
    ask('/v1/classify', { json: { input: 'a', labels, ...json }, headers });

  it('costs what it makes of the labels', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const headers = bearer(await createKey({ limits: { tokens_per_day: 50_000 } }));
    const long = await ask1000({ hypothesis_template: `${'x'.repeat(1_000)}{}` }, headers);
    expect((await errorOf(long)).code).toBe('insufficient_quota');
    expect((await ask1000({}, headers)).status).toBe(200);
  });

  it.each([`${'x'.repeat(6_000)}{}`, '{}'.repeat(1_000)])(
    'is refused if its texts are too large: %.9s',
    async (text) => {
      serve({});
      const got = await ask1000({ hypothesis_template: text });
      expect(await errorOf(got)).toMatchObject({ code: 'invalid_parameter', param: 'hypothesis_template' });
    },
  );
});

describe('classification by a host that does not return vectors', () => {
  const settings = { HF_TOKEN: 'hf_x', INFERENCE_URL: '' };
  const HOST = 'https://router.huggingface.co/hf-inference/models/openai/clip-vit-large-patch14';

  it('matches its scores by label, and marks them as relative', async () => {
    const { requests } = serve({
      [HOST]: () =>
        Response.json([
          { label: 'dog', score: 0.75 },
          { label: 'cat', score: 0.25 },
        ]),
    });
    const { data, relative } = await classify({ input: picture, labels: ['cat', 'dog'] }, { settings });
    expect(relative).toBe(true);
    expect(data[0]?.predictions).toEqual([
      { label: 'dog', score: 0.75, cosine: null },
      { label: 'cat', score: 0.25, cosine: null },
    ]);
    expect(await requests[0]?.json()).toEqual({
      inputs: PNG.toBase64(),
      parameters: { candidate_labels: ['cat', 'dog'], hypothesis_template: 'a photo of a {}' },
    });
  });

  it.each([
    [{ input: 'a text', labels: ['a', 'b'] }, 'input'],
    [{ input: picture, labels: ['a', { label: 'b', prompts: ['x'] }] }, 'labels[1]'],
    [{ input: picture, labels: ['a'], multi_label: true }, 'multi_label'],
  ])('rejects what requires vectors: %j', async (json, param) => {
    serve({});
    const got = await ask('/v1/classify', { json, settings });
    expect(await errorOf(got)).toMatchObject({ code: 'unsupported_parameter', param });
  });

  it('rejects scores that do not cover every label', async () => {
    serve({ [HOST]: () => Response.json([{ label: 'dog', score: 1 }]) });
    const got = await ask('/v1/classify', { json: { input: picture, labels: ['cat', 'dog'] }, settings });
    expect((await errorOf(got)).code).toBe('upstream_invalid_answer');
  });

  it('is not used if there is a CLIP endpoint', async () => {
    serve({ 'https://clip.example.com/embeddings': new ClipHost(512).answer });
    const { model, relative } = await classify(
      { input: picture, labels: ['cat', 'dog'] },
      { settings: { ...settings, CLIP_ENDPOINT_URL: 'https://clip.example.com' } },
    );
    expect(model).toBe('openai/clip-vit-base-patch32');
    expect(relative).toBeUndefined();
  });
});

describe('a bad request names the parameter', () => {
  it.each([
    [{ labels: ['a'] }, 'input'],
    [{ input: picture }, 'labels'],
    [{ input: picture, labels: [] }, 'labels'],
    [{ input: picture, labels: ['a', ''] }, 'labels[1]'],
    [{ input: picture, labels: ['a', 'b', 'a'] }, 'labels[2]'],
    [{ input: picture, labels: ['a', { label: 'b', prompts: [] }] }, 'labels[1].prompts'],
    [{ input: picture, labels: ['a'], hypothesis_template: 'no place' }, 'hypothesis_template'],
    [{ input: picture, labels: ['a'], top_k: 0 }, 'top_k'],
    [{ input: ['ok', { image: 'AAAA' }], labels: ['a'] }, 'input[1]'],
  ])('%j', async (json, param) => {
    serve({});
    const got = await ask('/v1/classify', { json });
    expect(got.status).toBe(400);
    expect(await errorOf(got)).toMatchObject({ param });
  });

  it('rejects a model without a logit scale', async () => {
    serve({});
    const got = await ask('/v1/classify', {
      json: { model: 'jinaai/jina-clip-v2', input: 'x', labels: ['a'] },
      settings: { JINA_API_KEY: 'j' },
    });
    expect(await errorOf(got)).toMatchObject({ code: 'unsupported_parameter', param: 'model' });
  });
});
