import { describe, expect, it } from 'vitest';
import { aliases, catalogue } from '../../src/hosts/models/catalogue.ts';
import { ask, errorOf, serve } from '../support/worker.ts';

interface Listed {
  id: string;
  object: string;
  created: number;
  owned_by: string;
  task: string;
  available: boolean;
  targets: string[];
  requires: string[];
  resolves_to?: string | null;
}

async function list(settings = {}): Promise<Map<string, Listed>> {
  const answer = await ask('/v1/models', { settings });
  const { object, data } = (await answer.json()) as { object: string; data: Listed[] };
  expect(object).toBe('list');
  return new Map(data.map((model) => [model.id, model]));
}

describe('the catalogue', () => {
  it('lists every alias and model, in OpenAI’s shape', async () => {
    const models = await list();
    expect([...models.keys()]).toEqual([...Object.keys(aliases), ...catalogue.map(({ id }) => id)]);
    for (const model of models.values()) {
      expect(model).toMatchObject({ object: 'model', created: expect.any(Number), owned_by: expect.any(String) });
    }
  });

  it('has aliases that only name its models', () => {
    const ids = new Set(catalogue.map(({ id }) => id));
    for (const [alias, names] of Object.entries(aliases)) {
      expect(ids.has(alias)).toBe(false);
      for (const name of names) expect(ids.has(name), name).toBe(true);
    }
    expect(ids.size).toBe(catalogue.length);
  });

  it.each([
    [{}, { text: 'tiny-text', embed: 'tiny-clip', clip: 'tiny-clip', image: 'tiny-image' }],
    [
      { HF_TOKEN: 'hf_x' },
      {
        text: 'Qwen/Qwen3-Next-80B-A3B-Instruct',
        embed: 'intfloat/multilingual-e5-large',
        clip: 'tiny-clip',
        image: 'black-forest-labs/FLUX.1-schnell',
      },
    ],
    [{ HF_TOKEN: 'hf_x', INFERENCE_URL: '' }, { clip: 'openai/clip-vit-large-patch14:zero-shot' }],
    [{ CLIP_ENDPOINT_URL: 'https://clip.example.com' }, { clip: 'openai/clip-vit-base-patch32', text: 'tiny-text' }],
    [
      { CLIP_ENDPOINT_URL: 'https://clip.example.com', CLIP_ENDPOINT_MODEL: 'openai/clip-vit-large-patch14' },
      { clip: 'openai/clip-vit-large-patch14' },
    ],
    [{ JINA_API_KEY: 'j' }, { clip: 'jinaai/jina-clip-v2', embed: 'jinaai/jina-clip-v2' }],
    [{ INFERENCE_URL: '' }, { text: null, embed: null, clip: null, image: null }],
  ])('with %j, aliases resolve to %j', async (settings, expected) => {
    const models = await list(settings);
    for (const [alias, id] of Object.entries(expected)) expect(models.get(alias)?.resolves_to, alias).toBe(id);
  });

  it('shows the targets of a model, and the settings that an unavailable one requires', async () => {
    const models = await list();
    expect(models.get('tiny-text')).toMatchObject({ available: true, targets: ['origin/tiny-text'] });
    expect(models.get('zai-org/GLM-4.6')).toMatchObject({ available: false, targets: [], requires: ['HF_TOKEN'] });
  });

  it.each(['/v1/models/openai/clip-vit-base-patch32', '/v1/models/openai%2Fclip-vit-base-patch32'])(
    'finds a model by its id at %s',
    async (path) => {
      expect(await (await ask(path)).json()).toMatchObject({
        id: 'openai/clip-vit-base-patch32',
        task: 'embedding',
        dimensions: 512,
        modalities: ['text', 'image'],
      });
    },
  );

  it('resolves openai/gpt-oss-120b to the model at Hugging Face, and other openai/ ids to the host of OPENAI_BASE_URL', async () => {
    const answer = () => Response.json({ choices: [] });
    const { requests } = serve({ 'https://router.huggingface.co/': answer, 'https://llm.example.com/': answer });
    const settings = { HF_TOKEN: 'hf_x', OPENAI_BASE_URL: 'https://llm.example.com/v1' };
    for (const model of ['openai/gpt-oss-120b', 'openai/openai/gpt-oss-120b', 'openai/anything']) {
      const json = { model, messages: [{ role: 'user', content: 'hi' }] };
      expect((await ask('/v1/chat/completions', { json, settings })).status).toBe(200);
    }
    const sent = await Promise.all(
      requests.map(
        async (request) => `${new URL(request.url).host} ${((await request.json()) as { model: string }).model}`,
      ),
    );
    expect(sent).toEqual([
      'router.huggingface.co openai/gpt-oss-120b:fastest',
      'llm.example.com openai/gpt-oss-120b',
      'llm.example.com anything',
    ]);
  });

  it('finds an alias, and answers 404 for an unknown id', async () => {
    expect(await (await ask('/v1/models/clip')).json()).toMatchObject({ id: 'clip', resolves_to: 'tiny-clip' });
    const missing = await ask('/v1/models/no/such');
    expect(missing.status).toBe(404);
    expect((await errorOf(missing)).code).toBe('model_not_found');
  });
});

describe('GET /v1/models?host=openai', () => {
  const settings = { OPENAI_BASE_URL: 'https://llm.example.com/v1' };
  const listed = [{ id: 'qwen3-8b', max_model_len: 32_768 }, { id: 'odd', context_length: -1 }, { id: 'nomic-embed' }];

  it('lists the models of that host by the names that requests use, with its context lengths and the prices', async () => {
    serve({ 'https://llm.example.com/v1/models': () => Response.json({ object: 'list', data: listed }) });
    const answer = await ask('/v1/models?host=openai', {
      settings: { ...settings, PRICES: '{"openai/qwen3-8b": {"input": 0.2, "output": 0.6}}' },
    });
    const { data } = (await answer.json()) as { data: (Listed & { context_length: number | null })[] };
    expect(data.map(({ id, context_length }) => [id, context_length])).toEqual([
      ['openai/qwen3-8b', 32_768],
      ['openai/odd', null],
      ['openai/nomic-embed', null],
    ]);
    expect(data[0]).toMatchObject({
      ...{ object: 'model', owned_by: 'openai', available: true, targets: ['openai/qwen3-8b'] },
      pricing: { input: 0.2, output: 0.6 },
    });
    expect(data[2]).not.toHaveProperty('pricing');
  });

  it('is empty if the host has no list, and an error if it is down, not configured or another one', async () => {
    let status = 404;
    serve({
      'https://llm.example.com/v1/models': () => new Response('no', { status }),
      'https://llm.example.com/v1/v1/models': () => new Response('no', { status }),
    });
    expect(await (await ask('/v1/models?host=openai', { settings })).json()).toEqual({ object: 'list', data: [] });
    status = 401;
    expect((await errorOf(await ask('/v1/models?host=openai', { settings }))).code).toBe('upstream_unauthorized');
    expect((await errorOf(await ask('/v1/models?host=openai'))).code).toBe('model_unavailable');
    expect(await errorOf(await ask('/v1/models?host=jina', { settings }))).toMatchObject({
      code: 'invalid_parameter',
      param: 'host',
    });
  });
});

it('shows the price that a model counts as: the operator’s, or the default of its task', async () => {
  const answer = await ask('/v1/models', { settings: { PRICES: '{"tiny-text": {"input": 0, "output": 0.5}}' } });
  const { data } = (await answer.json()) as { data: { id: string; pricing?: object }[] };
  const priceOf = (id: string) => data.find((model) => model.id === id)?.pricing;
  expect([priceOf('tiny-text'), priceOf('text'), priceOf('tiny-clip'), priceOf('tiny-image')]).toEqual([
    { input: 0, output: 0.5 },
    { input: 0, output: 0.5 },
    { input: 0.1 },
    { picture: 0.04 },
  ]);
});
