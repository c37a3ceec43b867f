import { createExecutionContext } from 'cloudflare:test';
import { describe, expect, it, vi } from 'vitest';
import app from '../../src/worker.ts';
import { bearer, createKey } from '../support/keys.ts';
import { randomFrom } from '../support/random.ts';
import { times } from '../support/soak.ts';
import { ask, bindings, errorOf, KEY, serve } from '../support/worker.ts';

/** Who can use each route. A route that is missing here fails: a new one is closed until somebody decides. */
const ROUTES: Readonly<
  Record<string, 'text' | 'embeddings' | 'images' | 'audio' | 'any' | 'key' | 'key-or-app' | 'public' | 'signature'>
> = {
  'POST /v1/chat/completions': 'text',
  'POST /v1/completions': 'text',
  'POST /v1/messages': 'text',
  'POST /v1/messages/count_tokens': 'text',
  'POST /v1/responses': 'text',
  'POST /v1/responses/input_tokens': 'text',
  'GET /v1/responses/:id': 'text',
  'DELETE /v1/responses/:id': 'text',
  'POST /v1/responses/:id/cancel': 'text',
  'GET /v1/responses/:id/input_items': 'text',
  'POST /v1/embeddings': 'embeddings',
  'POST /v1/similarity': 'embeddings',
  'POST /v1/classify': 'embeddings',
  'GET /v1/classifiers': 'embeddings',
  'POST /v1/classifiers': 'key',
  'GET /v1/classifiers/:id': 'embeddings',
  'GET /v1/classifiers/:id/examples': 'key',
  'PATCH /v1/classifiers/:id': 'key',
  'DELETE /v1/cache': 'key',
  'DELETE /v1/classifiers/:id': 'key',
  'POST /v1/images/generations': 'images',
  'POST /v1/images/edits': 'images',
  'POST /v1/audio/transcriptions': 'audio',
  'POST /v1/audio/translations': 'audio',
  'POST /v1/audio/speech': 'audio',
  'POST /models/:id{.+}': 'any',
  'POST /models/:id{.+}/v1/chat/completions': 'text',
  'POST /models/:id{.+}/v1/completions': 'text',
  'POST /hf-inference/models/:id{.+}': 'any',
  'POST /hf-inference/models/:id{.+}/v1/chat/completions': 'text',
  'POST /hf-inference/models/:id{.+}/v1/completions': 'text',
  'POST /v1/moderations': 'text',
  'POST /v1/rerank': 'embeddings',
  'POST /v2/rerank': 'embeddings',
  'POST /rerank': 'embeddings',
  'GET /v1/models': 'any',
  'GET /v1/models/:id{.+}': 'any',
  'GET /v1/prompts': 'text',
  'GET /v1/prompts/:name': 'text',
  'POST /v1/prompts/:name': 'text',
  'POST /v1/prompts/:name/render': 'key',
  'POST /v1/client_secrets': 'key-or-app',
  'GET /v1/usage': 'key',
  'GET /v1/webhook_endpoints': 'key',
  'POST /v1/webhook_endpoints': 'key',
  'GET /v1/webhook_endpoints/:id': 'key',
  'POST /v1/webhook_endpoints/:id': 'key',
  'DELETE /v1/webhook_endpoints/:id': 'key',
  'POST /v1/webhook_endpoints/:id/rotate_secret': 'key',
  'POST /v1/webhook_endpoints/:id/test': 'key',
  'GET /v1/webhook_endpoints/:id/deliveries': 'key',
  'POST /v1/webhook_endpoints/:id/deliveries/:event/redeliver': 'key',
  'POST /v1/hooks/:name': 'signature',
  'POST /mcp': 'any',
  'GET /v1/runs': 'any',
  'GET /v1/runs/:id': 'any',
  'POST /v1/runs/:id/cancel': 'any',
  'GET /v1/runs/:id/events': 'any',
  'GET /v1/runs/:id/result': 'any',
  'GET /livez': 'public',
  'GET /readyz': 'public',
};

const settings = { TOKEN_SECRETS: 'a:a-secret-of-at-least-thirty-two-characters' };
const MIDDLEWARE = '/*';

describe('each route', () => {
  it('is in the table', () => {
    const routes = app.routes
      .filter(({ method, path }) => method !== 'OPTIONS' && path !== MIDDLEWARE)
      .map(({ method, path }) => `${method} ${path}`);
    expect(routes.sort()).toEqual(Object.keys(ROUTES).sort());
  });

  it.each(Object.entries(ROUTES))('%s is for %s callers only', async (name, access) => {
    serve({});
    const [method = '', pattern = ''] = name.split(' ');
    const path = pattern
      .replace(/:id(\{\.\+\})?/, 'tiny-text')
      .replace('hooks/:name', 'hooks/github-issue')
      .replace(':name', 'summarize');
    const statusFor = async (key: string) => {
      const headers = { ...bearer(key), 'content-type': 'application/json' };
      const body = method === 'GET' ? {} : { body: '{' };
      const answer = await ask(path, { method, headers, settings: { ...settings, USAGE: bindings.USAGE }, ...body });
      return { status: answer.status, text: await answer.text() };
    };
    const token = (scopes: readonly string[]) =>
      ask('/v1/client_secrets', { json: { scopes }, headers: bearer(KEY), settings })
        .then((answer) => answer.json() as Promise<{ value: string }>)
        .then(({ value }) => value);
    if (access === 'signature') {
      // No key opens it, and without a secret nothing does.
      for (const key of ['', KEY]) expect((await statusFor(key)).status).toBe(503);
      return;
    }
    // No run has this id, and forms are not JSON.
    const isOpen = ({ status }: { status: number }) => [200, 400, 404, 415].includes(status);
    for (const stranger of ['', 'sk-wrong', `ced_${'A'.repeat(43)}`, 'a.b.c']) {
      const answer = await statusFor(stranger);
      if (access === 'public') expect(answer.status).toBe(200);
      else expect(answer.status, stranger).toBe(401);
    }
    expect(isOpen(await statusFor(KEY))).toBe(true);
    const all = ['text', 'embeddings', 'images', 'audio'] as const;
    for (const scope of all) {
      const mayUse = access === scope || !(all as readonly string[]).includes(access);
      const withKey = await statusFor(await createKey({ scopes: [scope] }));
      expect(isOpen(withKey), `key with ${scope}`).toBe(mayUse);
      const withToken = await statusFor(await token([scope]));
      expect(isOpen(withToken), `token with ${scope}`).toBe(mayUse && !access.startsWith('key'));
      for (const { status, text } of [withKey, withToken]) {
        if (isOpen({ status })) continue;
        const { error, code = error.code } = JSON.parse(text);
        expect([status, code]).toEqual([403, 'scope_missing']);
      }
    }
  });
});

describe('anything in the header Authorization', () => {
  const TRIES = times(2_000, 20_000);

  it(`gets 401 and nothing else, ${TRIES} times`, async () => {
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
    serve({});
    const random = randomFrom(11);
    const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)] as T;
    const text = (length: number) =>
      Array.from({ length }, () => String.fromCharCode(33 + Math.floor(random() * 94))).join('');
    const part = () => btoa(text(20)).replaceAll('=', '').replaceAll('+', '-').replaceAll('/', '_');
    const credentials = [
      () => text(1 + Math.floor(random() * 60)),
      () => `${part()}.${part()}.${part()}`,
      () => `${btoa('{"alg":"none","kid":"a"}').replaceAll('=', '')}.${btoa('{"by":"operator"}').replaceAll('=', '')}.`,
      () => `${btoa('{"alg":"HS256","typ":"JWT","kid":"a"}').replaceAll('=', '')}.${part()}.${part()}`,
      () => `ced_${part().slice(0, 43).padEnd(43, 'x')}`,
      () => KEY.slice(0, Math.floor(random() * KEY.length)),
      () => `${KEY}${text(1)}`,
      () => KEY.toUpperCase(),
      () => `${KEY},${KEY}`,
      () => text(600),
      () => '',
    ];
    const schemes = ['Bearer ', 'bearer  ', 'Basic ', '', 'Bearer', 'Token ', 'Bearer\t', 'Bearer Bearer '];
    const env = { ...bindings, ...settings, API_KEYS: KEY };
    for (let i = 0; i < TRIES; i++) {
      const credential = pick(credentials)();
      const authorization = `${pick(schemes)}${credential}`;
      const request = new Request('https://cedalion.example.com/v1/models', { headers: { authorization } });
      const answer = await app.fetch(request, env, createExecutionContext());
      const body = await answer.text();
      if (answer.status !== 401 || (credential.length > 8 && body.includes(credential))) {
        expect.unreachable(`${JSON.stringify(authorization)}: ${answer.status} ${body}`);
      }
    }
    expect(lines).toHaveLength(TRIES);
    expect(lines.join('\n')).not.toMatch(/ced_|Bearer|sk-test/);
  });
});

describe('keys, tokens and prompts', () => {
  it('are in no log line and in no error', async () => {
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
    serve({});
    const key = await createKey({ scopes: ['images'], limits: { requests_per_minute: 2 } });
    const secret = await ask('/v1/client_secrets', { json: { subject: 'someone' }, headers: bearer(key), settings });
    const { value } = (await secret.json()) as { value: string };
    const prompt = 'a very private prompt';
    const texts: string[] = [];
    for (const credential of [key, value, `${value}x`, `${key.slice(0, -1)}!`, key, key]) {
      const json = { model: 'tiny-text', messages: [{ role: 'user', content: prompt }] };
      const answer = await ask('/v1/chat/completions', { json, headers: bearer(credential), settings });
      texts.push(JSON.stringify(await errorOf(answer)), JSON.stringify([...answer.headers]));
    }
    const all = [...texts, ...lines].join('\n');
    for (const hidden of [key, value, prompt, 'someone', settings.TOKEN_SECRETS.slice(2)]) {
      expect(all).not.toContain(hidden);
    }
  });
});

describe('CORS', () => {
  const at = async (method: 'GET' | 'OPTIONS', origin: string, more: object) => {
    const headers = {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
      ...(method === 'OPTIONS' ? { authorization: '' } : {}),
    };
    const { requests } = serve({});
    const answer = await ask('/v1/models', { method, headers, settings: { CORS_ORIGINS: '', ...more } });
    expect(requests).toEqual([]);
    return [answer.status, answer.headers.get('access-control-allow-origin')];
  };
  const APP = 'https://app.example.com';

  it('is closed without configured origins', async () => {
    expect(await at('GET', APP, {})).toEqual([200, null]);
    expect(await at('OPTIONS', APP, {})).toEqual([204, null]);
  });

  it('is open for the configured origins', async () => {
    const CORS_ORIGINS = `${APP}, capacitor://localhost`;
    for (const origin of [APP, 'capacitor://localhost']) {
      expect(await at('GET', origin, { CORS_ORIGINS })).toEqual([200, origin]);
      expect(await at('OPTIONS', origin, { CORS_ORIGINS })).toEqual([204, origin]);
    }
    for (const origin of ['https://other.example.com', `${APP}.evil.com`, 'null']) {
      expect(await at('GET', origin, { CORS_ORIGINS })).toEqual([200, null]);
    }
  });

  it('answers a preflight of any page if tokens can be bound to it, and other requests only for their own', async () => {
    expect(await at('OPTIONS', APP, settings)).toEqual([204, APP]);
    expect(await at('GET', APP, settings)).toEqual([200, null]);
  });

  it.each(['app.example.com', 'https://app.example.com/', 'https://app.example.com/path'])(
    'names an unusable setting: %s',
    async (CORS_ORIGINS) => {
      expect(await (await ask('/readyz', { settings: { CORS_ORIGINS } })).text()).toContain('CORS_ORIGINS');
    },
  );
});
