import { createExecutionContext } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { route } from '../../src/route.ts';
import { bindings, errorOf, KEY } from '../support/worker.ts';

const say = (what: string) => () => Response.json(what);
const app = createApp([
  route({
    method: 'GET',
    path: '/v1/things/:id',
    access: 'any',
    run: (query, { params }) => Response.json({ query, params }),
  }),
  route({ method: 'DELETE', path: '/v1/things/:id', access: 'any', run: say('deleted') }),
  route({ method: 'GET', path: '/v1/things/:id/events', access: 'any', run: say('events') }),
  route({ method: 'POST', path: '/v1/things', access: 'text', run: say('created') }),
  route({ method: 'GET', path: '/inside', access: 'text', run: say('inside') }),
  route({ method: 'GET', path: '/open', access: 'public', run: say('open') }),
]);

function ask(method: string, path: string, key = KEY, headers: Record<string, string> = {}) {
  const request = new Request(`https://cedalion.example.com${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    ...(method === 'POST' ? { body: '{}' } : {}),
  });
  return app.fetch(request, { ...bindings, API_KEYS: KEY, CORS_ORIGINS: '*' }, createExecutionContext());
}

describe('the app', () => {
  it('routes deep paths and several methods of one path', async () => {
    expect(await (await ask('GET', '/v1/things/a?limit=3&b=c')).json()).toEqual({
      query: { limit: 3, b: 'c' },
      params: { id: 'a' },
    });
    expect(await (await ask('DELETE', '/v1/things/a')).json()).toBe('deleted');
    expect(await (await ask('GET', '/v1/things/a/events')).json()).toBe('events');
    expect(await (await ask('POST', '/v1/things')).json()).toBe('created');
  });

  it.each([
    ['PATCH', '/v1/things/a', 'GET, DELETE'],
    ['POST', '/v1/things/a/events', 'GET'],
    ['GET', '/v1/things', 'POST'],
    ['DELETE', '/open', 'GET'],
  ])('answers %s %s with 405 and the methods that are allowed', async (method, path, allow) => {
    const answer = await ask(method, path);
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe(allow);
    expect((await errorOf(answer)).code).toBe('method_not_allowed');
  });

  it.each(['/v1/things/a/', '/v1/things/a/other', '/v1/other', '/v2/things'])('has no route %s', async (path) => {
    expect((await ask('GET', path)).status).toBe(404);
  });

  it('requires a key for what is not public, wherever it is', async () => {
    expect((await ask('GET', '/inside', 'wrong')).status).toBe(401);
    expect((await ask('GET', '/v1/other', 'wrong')).status).toBe(401);
    expect((await ask('GET', '/open', 'wrong')).status).toBe(200);
  });

  it('answers a preflight without a key, and gives other answers their headers for browsers', async () => {
    const origin = { origin: 'https://app.example.com' };
    const preflight = await ask('OPTIONS', '/v1/things', '', {
      ...origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization, x-other',
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-methods')).toContain('POST');
    expect(preflight.headers.get('access-control-allow-headers')).toContain('x-other');
    expect(preflight.headers.get('x-request-id')).toMatch(/^req_/);
    for (const path of ['/open', '/nothing']) {
      const answer = await ask('GET', path, KEY, origin);
      expect(answer.headers.get('access-control-allow-origin'), path).toBe('*');
    }
    expect((await ask('GET', '/open')).headers.get('access-control-allow-origin')).toBeNull();
  });
});
