import { describe, expect, it } from 'vitest';
import { CATEGORIES } from '../../src/call/moderation.ts';
import { readVerdict } from '../../src/hosts/protocols/llama-guard.ts';
import { ask, errorOf, serve } from '../support/worker.ts';

const HOST = 'https://host.example.com/v1';
const settings = { OPENAI_BASE_URL: HOST, OPENAI_API_KEY: 'sk' };
const GUARD = { HOST_OPTIONS: '{"openai/llama-guard": {"guard": true}}' };

const verdict = (flagged: boolean) => ({
  flagged,
  categories: Object.fromEntries(CATEGORIES.map((name) => [name, flagged && name === 'hate'])),
  category_scores: Object.fromEntries(CATEGORIES.map((name) => [name, flagged && name === 'hate' ? 0.9 : 0.01])),
});
interface Answer {
  readonly id: string;
  readonly model: string;
  readonly results: readonly {
    readonly flagged: boolean;
    readonly categories: Record<string, boolean>;
    readonly category_scores: Record<string, number>;
    readonly hazards?: readonly string[];
  }[];
}

const moderate = (json: object, more: object = {}) =>
  ask('/v1/moderations', { json, settings: { ...settings, ...more } });
/** Says a verdict for each text that it is asked about. */
const guard = (verdicts: Readonly<Record<string, string>>) => async (request: Request) => {
  const { messages } = (await request.json()) as { messages: [{ content: string }] };
  const content = verdicts[messages[0].content] ?? 'I am no guard.';
  return Response.json({ choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }] });
};

describe('a moderation', () => {
  it('is asked at the host, whose categories and scores are passed on', async () => {
    const { requests } = serve({ [`${HOST}/moderations`]: () => Response.json({ results: [verdict(true)] }) });
    const got = await moderate({ input: 'a text' });
    expect(got.status).toBe(200);
    const answer = (await got.json()) as Answer;
    expect(answer).toMatchObject({ model: 'omni-moderation-latest', results: [verdict(true)] });
    expect(answer.id).toMatch(/^modr-/);
    expect(await requests[0]?.json()).toEqual({ model: 'omni-moderation-latest', input: 'a text' });
  });

  it('has one result for each text, and one for all parts together', async () => {
    const { requests } = serve({
      [`${HOST}/moderations`]: async (request) => {
        const { input } = (await request.clone().json()) as { input: readonly unknown[] };
        const isParts = typeof input[0] === 'object';
        return Response.json({ results: (isParts ? [1] : input).map(() => verdict(false)) });
      },
    });
    const texts = (await (await moderate({ input: ['a', 'b', 'c'] })).json()) as Answer;
    expect(texts.results).toHaveLength(3);
    const input = [
      { type: 'text', text: 'what is this' },
      { type: 'image_url', image_url: { url: 'https://pictures.example.com/a.png' } },
    ];
    const parts = (await (await moderate({ model: 'openai/any', input })).json()) as Answer;
    expect(parts.results).toHaveLength(1);
    expect(await requests[1]?.json()).toEqual({ model: 'any', input });
  });

  it.each([
    ['a score that is none', { results: [{ ...verdict(false), category_scores: { hate: 2 } }] }],
    ['too few results', { results: [] }],
    ['no verdict', { results: [{ flagged: 'no', categories: {}, category_scores: {} }] }],
  ])('fails if the host answers with %s', async (_, answer) => {
    serve({ [`${HOST}/moderations`]: () => Response.json(answer) });
    const got = await moderate({ input: 'a' });
    expect(got.status).toBe(502);
    expect((await errorOf(got)).code).toBe('upstream_invalid_answer');
  });

  it.each([
    [{ input: '' }, 'input'],
    [{ input: [] }, 'input'],
    [{ input: ['a', { type: 'text', text: 'b' }] }, 'input'],
    [{ input: [{ type: 'image_url', image_url: { url: 'http://a.example.com' } }] }, 'input'],
    [{ input: Array.from({ length: 101 }, () => 'a') }, 'input'],
  ])('names the parameter of %j', async (json, param) => {
    serve({});
    const got = await moderate(json);
    expect(got.status).toBe(400);
    expect((await errorOf(got)).param).toContain(param);
  });

  it('says which settings it needs', async () => {
    serve({});
    const got = await ask('/v1/moderations', { json: { input: 'a' } });
    expect(got.status).toBe(503);
    expect((await errorOf(got)).message).toContain('OPENAI_BASE_URL, HF_TOKEN');
  });
});

describe('a Llama Guard', () => {
  it('is asked as a chat for each text, and its hazards become categories', async () => {
    serve({ [`${HOST}/chat/completions`]: guard({ hello: 'safe', bad: '\n\nunsafe\nS9,S12', lie: 'unsafe\nS5' }) });
    const got = await moderate({ model: 'openai/llama-guard', input: ['hello', 'bad', 'lie'] }, GUARD);
    expect(got.status).toBe(200);
    const { results } = (await got.json()) as Answer;
    expect(results.map(({ flagged, hazards }) => [flagged, hazards])).toEqual([
      [false, []],
      [true, ['S9', 'S12']],
      [true, ['S5']],
    ]);
    const found = ({ categories }: Answer['results'][number]) =>
      Object.keys(categories).filter((name) => categories[name]);
    expect(results.map(found)).toEqual([[], ['illicit', 'illicit/violent', 'sexual'], []]);
    expect(Object.keys(results[1]?.category_scores ?? {})).toEqual([...CATEGORIES]);
  });

  it('that answers anything else judges nothing', async () => {
    serve({ [`${HOST}/chat/completions`]: guard({}) });
    const got = await moderate({ model: 'openai/llama-guard', input: 'hello' }, GUARD);
    expect(got.status).toBe(502);
  });

  it.each(['Safe', 'safe\nS1', 'safety first', 'unsafe S1 and more', '', 'not unsafe'])(
    'does not mean `%s` as a verdict',
    (text) => {
      expect(readVerdict(text)).toBeUndefined();
    },
  );

  it('judges no pictures, and at most 32 texts', async () => {
    serve({});
    const input = [
      { type: 'text', text: 'a' },
      { type: 'image_url', image_url: { url: 'https://pictures.example.com/a.png' } },
    ];
    const picture = await moderate({ model: 'openai/llama-guard', input }, GUARD);
    expect(picture.status).toBe(400);
    expect((await errorOf(picture)).param).toBe('input[1].image_url');
    const many = await moderate({ model: 'openai/llama-guard', input: Array(33).fill('a') }, GUARD);
    expect(many.status).toBe(400);
    expect((await errorOf(many)).message).toContain('at most 32 texts');
  });
});
