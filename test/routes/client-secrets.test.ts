import { decode, sign } from 'hono/jwt';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { nameOfKey } from '../../src/access/key-records.ts';
import { bearer, createKey } from '../support/keys.ts';
import { ask, bindings, environment, errorOf, KEY, ORIGIN, serve } from '../support/worker.ts';

const SECRET = 'a-secret-of-at-least-thirty-two-characters';
const OLD_SECRET = 'an-old-secret-of-thirty-two-or-more-characters';
const settings = { TOKEN_SECRETS: `new:${SECRET},old:${OLD_SECRET}` };
const APP = 'https://app.example.com';

afterEach(() => {
  vi.useRealTimers();
});

interface Secret {
  value: string;
  expires_at: number;
  subject: string;
  [field: string]: unknown;
}

const request = (json: object, key = KEY, more: object = settings) =>
  ask('/v1/client_secrets', { json, headers: bearer(key), settings: more });
const create = async (json: object, key = KEY, more: object = settings) =>
  (await (await request(json, key, more)).json()) as Secret;

const CHAT = { model: 'tiny-text', messages: [{ role: 'user', content: 'hi' }] };
const answers = {
  [`${ORIGIN}/v1/`]: () => Response.json({ choices: [{ index: 0, message: { content: 'x' } }] }),
};
const chat = (token: string, headers: Record<string, string> = {}) =>
  ask('/v1/chat/completions', { json: CHAT, headers: { ...bearer(token), ...headers }, settings });

describe('a client token', () => {
  it('is issued for ten minutes, in the shape of a client secret, and works', async () => {
    serve(answers);
    const answer = await request({ subject: 'user-1' });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const secret = (await answer.json()) as Secret;
    expect(secret).toMatchObject({ object: 'client_secret', scopes: 'all', models: 'all', limits: {}, origin: null });
    expect(Math.abs(secret.expires_at - Date.now() / 1000 - 600)).toBeLessThan(5);
    expect((await chat(secret.value)).status).toBe(200);
    const { header, payload } = decode(secret.value);
    expect(header).toEqual({ alg: 'HS256', typ: 'JWT', kid: 'new' });
    expect(JSON.stringify(payload)).not.toContain('user-1');
  });

  it('has the same subject for the same user of a key, and another for that of another key', async () => {
    const [one, two] = [await createKey(), await createKey()];
    const first = await create({ subject: 'u' }, one);
    expect((await create({ subject: 'u' }, one)).subject).toBe(first.subject);
    expect((await create({ subject: 'u' }, two)).subject).not.toBe(first.subject);
    expect((await create({}, one)).subject).not.toBe((await create({}, one)).subject);
  });

  it('expires, and says so', async () => {
    serve(answers);
    const { value } = await create({ expires_after: { anchor: 'created_at', seconds: 60 } });
    expect((await chat(value)).status).toBe(200);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    const answer = await chat(value);
    expect(answer.status).toBe(401);
    expect((await errorOf(answer)).code).toBe('token_expired');
  });

  it('expires also in an isolate that knows it, and a page of its origin can read that', async () => {
    const { value, expires_at } = await create({ expires_after: { seconds: 10 }, origin: APP });
    const env = environment({ ...settings, CORS_ORIGINS: '' });
    const models = () => ask('/v1/models', { headers: { ...bearer(value), origin: APP }, env });
    expect((await models()).status).toBe(200);
    vi.useFakeTimers({ toFake: ['Date'], now: expires_at * 1000 });
    const answer = await models();
    expect(answer.status).toBe(401);
    expect(answer.headers.get('access-control-allow-origin')).toBe(APP);
    expect((await errorOf(answer)).code).toBe('token_expired');
  });

  it('works where the clock is behind that of where it was issued', async () => {
    serve(answers);
    const { value } = await create({});
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 1_500 });
    expect((await chat(value)).status).toBe(200);
  });

  it('bound to an origin stays bound in an isolate that knows it', async () => {
    const { value } = await create({ origin: APP });
    const env = environment(settings);
    const at = async (origin: string) =>
      (await ask('/v1/models', { headers: { ...bearer(value), origin }, env })).status;
    expect([await at(APP), await at('https://evil.example.com'), await at(APP)]).toEqual([200, 401, 200]);
  });

  it('can do what it was issued for only', async () => {
    serve(answers);
    const { value } = await create({ scopes: ['embeddings'], models: ['clip'] });
    const answer = await chat(value);
    expect(answer.status).toBe(403);
    expect((await errorOf(answer)).message).toContain('`text`');
    const other = await create({ models: ['clip'] });
    expect((await errorOf(await chat(other.value))).code).toBe('model_not_allowed');
  });

  it('cannot issue tokens, or read usage', async () => {
    const { value } = await create({});
    for (const path of ['/v1/client_secrets', '/v1/usage']) {
      const answer = await ask(path, {
        ...(path.endsWith('usage') ? {} : { json: {} }),
        headers: bearer(value),
        settings,
      });
      expect(answer.status, path).toBe(403);
    }
  });

  it('is never wider than its key, also if that is narrowed or revoked later', async () => {
    serve(answers);
    const key = await createKey({ scopes: ['text'], models: ['tiny-text'] });
    for (const [field, value] of [
      ['scopes[1]', { scopes: ['text', 'images'] }],
      ['models[0]', { models: ['clip'] }],
    ] as const) {
      const answer = await request(value, key);
      expect(answer.status).toBe(400);
      expect((await errorOf(answer)).param).toBe(field);
    }
    const { value } = await create({ scopes: ['text'] }, key);
    expect((await chat(value)).status).toBe(200);
    await bindings.KEYS?.put(
      `key:v1:${await nameOfKey(key)}`,
      JSON.stringify({ id: 'k', name: 'k', scopes: ['embeddings'], models: 'all', limits: {}, created_at: 1 }),
    );
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 20_001 });
    expect((await errorOf(await chat(value))).code).toBe('scope_missing');
    await bindings.KEYS?.delete(`key:v1:${await nameOfKey(key)}`);
    vi.setSystemTime(Date.now() + 20_001);
    const revoked = await chat(value);
    expect(revoked.status).toBe(401);
    expect((await errorOf(revoked)).message).toContain('revoked');
  });

  it('bound to an origin works on its pages only, with CORS for them', async () => {
    serve(answers);
    const { value } = await create({ origin: APP });
    const closed = { ...settings, CORS_ORIGINS: '' };
    const at = (headers: Record<string, string>) =>
      ask('/v1/chat/completions', { json: CHAT, headers: { ...bearer(value), ...headers }, settings: closed });
    for (const headers of [{}, { origin: 'https://evil.example.com' }, { origin: `${APP}.evil.com` }]) {
      const answer = await at(headers as Record<string, string>);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    }
    const answer = await at({ origin: APP });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe(APP);
    expect(answer.headers.get('vary')?.toLowerCase()).toContain('origin');
  });

  it('is accepted while its secret is configured', async () => {
    serve(answers);
    const old = await create({}, KEY, { TOKEN_SECRETS: `old:${OLD_SECRET}` });
    expect((await chat(old.value)).status).toBe(200);
    const rotated = { TOKEN_SECRETS: `new:${SECRET}` };
    const other = await create({ subject: 'b' }, KEY, { TOKEN_SECRETS: `old:${OLD_SECRET}` });
    const answer = await ask('/v1/models', { headers: bearer(other.value), settings: rotated });
    expect(answer.status).toBe(401);
  });
});

describe('forged tokens', () => {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: 'cedalion', aud: 'cedalion', iat: now, exp: now + 600, sub: 's', by: 'operator' };
  const part = (value: object) =>
    new TextEncoder().encode(JSON.stringify(value)).toBase64({ alphabet: 'base64url', omitPadding: true });
  const key = (secret: string, kid: string, alg = 'HS256') =>
    ({
      kty: 'oct',
      k: new TextEncoder().encode(secret).toBase64({ alphabet: 'base64url', omitPadding: true }),
      kid,
      alg,
    }) as never;
  const good = () => sign(claims, key(SECRET, 'new'));

  it.each<[string, () => Promise<string>]>([
    ['with another signature', async () => `${(await good()).slice(0, -4)}AAAA`],
    [
      'with changed claims',
      async () => {
        const [head, , signature] = (await good()).split('.');
        return `${head}.${part({ ...claims, sub: 'other' })}.${signature}`;
      },
    ],
    ['with algorithm none', async () => `${part({ alg: 'none', kid: 'new' })}.${part(claims)}.AA`],
    ['with algorithm none and no signature', async () => `${part({ alg: 'none', kid: 'new' })}.${part(claims)}.`],
    ['with another algorithm', () => sign(claims, key(SECRET, 'new', 'HS512'))],
    ['with RS256 in its header', async () => `${part({ alg: 'RS256', kid: 'new' })}.${part(claims)}.AAAA`],
    ['signed by another secret of this name', () => sign(claims, key(`${SECRET}x`, 'new'))],
    ['signed by one secret in the name of another', () => sign(claims, key(SECRET, 'old'))],
    ['without a name of its secret', () => sign(claims, SECRET)],
    ['for another audience', () => sign({ ...claims, aud: 'other' }, key(SECRET, 'new'))],
    ['by another issuer', () => sign({ ...claims, iss: 'other' }, key(SECRET, 'new'))],
    ['without an expiry', () => sign({ ...claims, exp: undefined } as never, key(SECRET, 'new'))],
    ['that have expired', () => sign({ ...claims, exp: now - 1 }, key(SECRET, 'new'))],
    ['by a key that does not exist', () => sign({ ...claims, by: 'A'.repeat(43) }, key(SECRET, 'new'))],
    ['by an app that is not configured', () => sign({ ...claims, by: 'app:1:2:ios:3' }, key(SECRET, 'new'))],
    ['with limits that are not numbers', () => sign({ ...claims, limits: { usd_per_day: 'x' } }, key(SECRET, 'new'))],
  ])('%s get 401', async (_, forge) => {
    serve({});
    const token = await forge();
    const answer = await chat(token);
    expect(answer.status).toBe(401);
    const text = JSON.stringify(await errorOf(answer));
    expect(text).not.toContain(token.split('.')[1] as string);
  });

  it('are rejected without configured secrets, too', async () => {
    serve({});
    const answer = await ask('/v1/models', { headers: bearer(await good()) });
    expect(answer.status).toBe(401);
  });
});

describe('requests for a client token', () => {
  it('need a configured secret, and say which setting', async () => {
    const answer = await request({}, KEY, {});
    expect(answer.status).toBe(503);
    expect(await errorOf(answer)).toMatchObject({ code: 'tokens_not_configured' });
  });

  it.each([
    ['expires_after.seconds', { expires_after: { seconds: 3_601 } }],
    ['expires_after.seconds', { expires_after: { seconds: 9 } }],
    ['subject', { subject: '' }],
    ['scopes[0]', { scopes: ['everything'] }],
    ['models', { models: [] }],
    ['origin', { origin: 'https://app.example.com/path' }],
    ['origin', { origin: '*' }],
    ['limits.usd_per_day', { limits: { usd_per_day: -1 } }],
    ['limits.requests_per_minute', { limits: { requests_per_minute: 1.5 } }],
  ])('with a bad %s get 400', async (param, json) => {
    const answer = await request(json);
    expect(answer.status).toBe(400);
    expect((await errorOf(answer)).param).toBe(param);
  });

  it('with a model that does not exist get 404: the app would only learn that it is not allowed', async () => {
    const answer = await request({ models: ['text', 'openai/anything', 'txet'] });
    expect(answer.status).toBe(404);
    expect(await errorOf(answer)).toMatchObject({ code: 'model_not_found', param: 'models[2]' });
  });

  it('with an unknown field get 400: a misspelled limit would be none', async () => {
    for (const json of [{ limit: {} }, { limits: { requests_per_minutes: 1 } }]) {
      const answer = await request(json);
      expect(answer.status).toBe(400);
      expect((await errorOf(answer)).message).toMatch(/limit|requests_per_minutes/);
    }
  });

  it.each([
    ['too short a secret', 'a:short'],
    ['no name', SECRET],
    ['spaces', `a:${SECRET} x`],
    ['two secrets of one name', `same:${SECRET},same:${OLD_SECRET}`],
  ])('are closed by a setting with %s', async (_, TOKEN_SECRETS) => {
    expect((await request({}, KEY, { TOKEN_SECRETS })).status).toBe(503);
    const ready = await ask('/readyz', { settings: { TOKEN_SECRETS } });
    const text = await ready.text();
    expect(text).toContain('TOKEN_SECRETS');
    expect(text).not.toContain(SECRET);
  });
});
