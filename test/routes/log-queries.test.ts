import { beforeEach, describe, expect, it, vi } from 'vitest';
import queries from '../../docs/queries.json';
import { evaluate } from '../../scripts/observe/evaluate.ts';
import { filled, type Query } from '../../scripts/observe/query.ts';
import { bearer, createKey } from '../support/keys.ts';
import { ask, serve } from '../support/worker.ts';

/** The queries of docs/queries.json, on the lines that requests write here. */

const HOST = 'https://host.example.com/v1';
const settings = {
  CACHE_SECRET: 'c'.repeat(32),
  OPENAI_BASE_URL: HOST,
  OPENAI_API_KEY: 'sk',
  PRICES: '{"openai/good": {"input": 100, "output": 100}}',
};
const chat = (model: string, content = 'hi') => ({ model: `openai/${model}`, messages: [{ role: 'user', content }] });

let lines: Record<string, unknown>[] = [];
beforeEach(() => {
  lines = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(JSON.parse(line)));
  serve({
    [`${HOST}/chat/completions`]: async (request) => {
      const { model } = (await request.json()) as { model: string };
      if (model === 'down') return new Response('down', { status: 500 });
      return Response.json({
        choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 },
      });
    },
  });
});

function answer(name: string, value?: string) {
  const query = queries.find((one) => one.name === name) as Query;
  return evaluate(filled(query, value), lines);
}

async function send(json: object, headers: Record<string, string> = {}): Promise<string> {
  const got = await ask('/v1/chat/completions', { json, headers, settings });
  await got.text();
  return got.headers.get('x-request-id') ?? '';
}

describe('the questions of docs/queries.json', () => {
  it('why a request failed, and which host is down', async () => {
    await send(chat('good'));
    const id = await send(chat('down'));
    expect(answer('why', id)).toMatchObject([
      { route: '/v1/chat/completions', status: 502, error: 'upstream_error', target: 'openai/down', attempts: 3 },
    ]);
    expect(answer('why', id)[0]?.failed).toEqual({ 'openai/down': 'upstream_error' });
    expect(answer('hosts')).toEqual([{ failed_hosts: 'openai', error: 'upstream_error', requests: 1 }]);
    expect(answer('errors')).toEqual([
      { error: 'upstream_error', route: '/v1/chat/completions', status: 502, requests: 1 },
    ]);
    expect(
      answer('slow')
        .map(({ target, requests }) => `${target} ${requests}`)
        .sort(),
    ).toEqual(['openai/down 1', 'openai/good 1']);
  });

  it('what callers cost, and how much came from a cache', async () => {
    const key = await createKey({ id: 'app', scopes: ['text'] });
    const cached = { ...bearer(key), 'x-cedalion-cache': '60' };
    for (const _ of [1, 2, 3]) await send(chat('good', 'the same'), cached);
    await send(chat('good'));
    const caller = 'key:app';
    expect(answer('cost', caller)).toEqual([{ caller, model: 'openai/good', usd: 0.015, requests: 3 }]);
    expect(answer('costs').map(({ usd }) => usd)).toEqual([0.015, 0.015]);
    expect(answer('hits')).toEqual([{ route: '/v1/chat/completions', hits: 2, misses: 1 }]);
  });
});
