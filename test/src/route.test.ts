import { describe, expect, it } from 'vitest';
import { chatCompletions } from '../../routes/chat.ts';
import { embeddings } from '../../routes/embeddings.ts';
import { type Route, route, runRoute } from '../../src/route.ts';
import { callFor } from '../support/call.ts';
import { ClipHost } from '../support/clip-host.ts';
import { bindings, ORIGIN, serve } from '../support/worker.ts';

const settings = { INFERENCE_URL: ORIGIN };

describe('a route, run without an HTTP request', () => {
  it('answers, and reports its model', async () => {
    const answer = { id: 'c', choices: [{ index: 0, message: { role: 'assistant', content: 'hi' } }] };
    serve({ [`${ORIGIN}/v1/chat/completions`]: () => Response.json(answer) });
    const call = callFor('text-generation', settings);
    const got = await runRoute(chatCompletions, { model: 'text', messages: [{ role: 'user', content: 'hi' }] }, call);
    expect(await got.json()).toEqual(answer);
    expect(call.report).toMatchObject({ model: 'tiny-text', target: 'origin/tiny-text' });
    expect(call.outcome.attempts).toBe(1);
  });

  it('uses the cache of the call', async () => {
    const host = new ClipHost();
    serve({ [`${ORIGIN}/embeddings`]: host.answer });
    const call = callFor('embedding', settings, { env: bindings });
    const got = await runRoute(embeddings, { model: 'clip', input: ['a', 'b', 'a'] }, call);
    expect(((await got.json()) as { data: unknown[] }).data).toHaveLength(3);
    expect(host.seen).toEqual(['text:a', 'text:b']);
    expect(call.outcome.cache).toEqual({ hits: 1, misses: 2, refreshed: false });
  });

  it('validates its input', () => {
    const call = callFor('text-generation', settings);
    expect(() => runRoute(chatCompletions, { model: 'text', messages: [] }, call)).toThrow(
      expect.objectContaining({ code: 'invalid_parameter', param: 'messages' }),
    );
  });
});

it('a route without a scope does not compile', () => {
  // @ts-expect-error: `access` is missing
  const open: Route = route({ method: 'GET', path: '/open', run: () => new Response() });
  expect(open.access).toBeUndefined();
});
