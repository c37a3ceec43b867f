import { sign } from 'hono/jwt';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { bearer } from '../support/keys.ts';
import { ask, errorOf, ORIGIN, serve } from '../support/worker.ts';

const JWKS = 'https://keys.example.com/v1/jwks';
const APP = '1:123:ios:abc';
const settings = {
  TOKEN_SECRETS: 'a:a-secret-of-at-least-thirty-two-characters',
  APP_CHECK: JSON.stringify({
    project_number: '123',
    apps: [APP],
    scopes: ['text'],
    models: ['tiny-text'],
    limits: { requests_per_day: 100 },
    jwks_url: JWKS,
  }),
};

interface Pair {
  readonly secret: JsonWebKey;
  readonly open: JsonWebKey;
}
let one: Pair;
let two: Pair;

beforeAll(async () => {
  one = await pair('one');
  two = await pair('two');
});
afterEach(() => {
  vi.useRealTimers();
});

async function pair(kid: string): Promise<Pair> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  };
  const { privateKey, publicKey } = (await crypto.subtle.generateKey(algorithm, true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair;
  const own = async (key: CryptoKey) => ({
    ...((await crypto.subtle.exportKey('jwk', key)) as JsonWebKey),
    kid,
    alg: 'RS256',
  });
  return { secret: await own(privateKey), open: await own(publicKey) };
}

const now = () => Math.floor(Date.now() / 1000);
const claims = () => ({
  iss: 'https://firebaseappcheck.googleapis.com/123',
  aud: ['projects/123', 'projects/my-project'],
  sub: APP,
  iat: now(),
  exp: now() + 3_600,
});
const prove = (more: object = {}, { secret } = one) => sign({ ...claims(), ...more }, secret as never, 'RS256');

const answers = {
  [`${ORIGIN}/v1/`]: () => Response.json({ choices: [{ index: 0, message: { content: 'x' } }] }),
};
const keys = (...pairs: readonly Pair[]) => ({ [JWKS]: () => Response.json({ keys: pairs.map(({ open }) => open) }) });

const request = (proof: string, json: object = {}, more: object = {}) =>
  ask('/v1/client_secrets', {
    json,
    headers: { 'x-firebase-appcheck': proof },
    settings: { ...settings, ...more },
    anonymous: true,
  });

describe('an app that proves itself by App Check', () => {
  it('gets a client token that can do what APP_CHECK says', async () => {
    const { requests } = serve({ ...answers, ...keys(one) });
    const answer = await request(await prove(), { subject: 'device-1' });
    expect(answer.status).toBe(200);
    const { value, scopes, models } = (await answer.json()) as { value: string; scopes: string[]; models: string[] };
    expect([scopes, models]).toEqual([['text'], ['tiny-text']]);
    const json = { model: 'tiny-text', messages: [{ role: 'user', content: 'hi' }] };
    const chat = await ask('/v1/chat/completions', { json, headers: bearer(value), settings });
    expect(chat.status).toBe(200);
    expect(chat.headers.get('ratelimit-policy')).toBe('"requests_per_day";q=100;w=86400');
    const closed = await ask('/v1/embeddings', {
      json: { model: 'clip', input: 'a' },
      headers: bearer(value),
      settings,
    });
    expect((await errorOf(closed)).code).toBe('scope_missing');
    await request(await prove());
    expect(requests.filter(({ url }) => url === JWKS)).toHaveLength(1);
    // The app is removed: its tokens end with it.
    const APP_CHECK = settings.APP_CHECK.replace(APP, '1:123:ios:other');
    const removed = await ask('/v1/models', { headers: bearer(value), settings: { ...settings, APP_CHECK } });
    expect(removed.status).toBe(401);
  });

  it('cannot ask for more than APP_CHECK says', async () => {
    serve(keys(one));
    expect((await request(await prove(), { scopes: ['images'] })).status).toBe(400);
  });

  it('can use no other route', async () => {
    serve(keys(one));
    const headers = { 'x-firebase-appcheck': await prove() };
    const answer = await ask('/v1/models', { headers, settings, anonymous: true });
    expect(answer.status).toBe(401);
  });

  const part = (value: object) =>
    new TextEncoder().encode(JSON.stringify(value)).toBase64({ alphabet: 'base64url', omitPadding: true });

  it.each<[string, () => Promise<string>]>([
    ['of another project', () => prove({ aud: ['projects/124'] })],
    ['of another issuer', () => prove({ iss: 'https://firebaseappcheck.googleapis.com/124' })],
    ['of another app', () => prove({ sub: '1:123:ios:other' })],
    ['that has expired', () => prove({ exp: now() - 1 })],
    ['without an expiry', () => prove({ exp: undefined })],
    ['signed by another key of this name', () => prove({}, { ...two, secret: { ...two.secret, kid: 'one' } as never })],
    ['with algorithm none', async () => `${part({ alg: 'none', typ: 'JWT', kid: 'one' })}.${part(claims())}.AA`],
    [
      'with the public key as a secret',
      () => sign(claims(), { kty: 'oct', k: one.open.n, kid: 'one', alg: 'HS256' } as never),
    ],
    [
      'with changed claims',
      async () => (await prove()).replace(/\.[^.]+\./, `.${part({ ...claims(), exp: now() + 9_999 })}.`),
    ],
    ['that is not a token', async () => 'not a token'],
    ['that is empty', async () => ''],
    ['that is too long', async () => `${await prove()}${'A'.repeat(5_000)}`],
  ])('is refused with a proof %s', async (_, forge) => {
    serve(keys(one));
    const answer = await request(await forge());
    expect(answer.status).toBe(401);
    expect((await errorOf(answer)).code).toBe('invalid_app_check');
  });

  it('fetches the keys again for a name that is new, at most every 30 s', async () => {
    const published = [one];
    const { requests } = serve({ [JWKS]: () => Response.json({ keys: published.map(({ open }) => open) }) });
    expect((await request(await prove())).status).toBe(200);
    published.push(two);
    for (let i = 0; i < 5; i++) expect((await request(await prove({}, two))).status).toBe(401);
    expect(requests).toHaveLength(1);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 });
    expect((await request(await prove({}, two))).status).toBe(200);
    expect(requests).toHaveLength(2);
  });

  it('fetches the keys once for many invented names at the same time', async () => {
    const { requests } = serve(keys(one));
    expect((await request(await prove())).status).toBe(200);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 });
    const proof = await prove({}, two);
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await request(proof)).status));
    expect(new Set(statuses)).toEqual(new Set([401]));
    expect(requests).toHaveLength(2);
  });

  it('works where the clock is behind that of Firebase', async () => {
    serve(keys(one));
    expect((await request(await prove({ iat: now() + 2 }))).status).toBe(200);
  });

  it('is answered with 503 if the keys cannot be fetched', async () => {
    serve({ [JWKS]: () => new Response('no', { status: 500 }) });
    const answer = await request(await prove());
    expect(answer.status).toBe(503);
    expect((await errorOf(answer)).code).toBe('app_check_unavailable');
  });

  it('is refused if App Check is not configured', async () => {
    serve({});
    expect((await request(await prove(), {}, { APP_CHECK: '' })).status).toBe(401);
  });

  it.each(['{', '{}', '{"project_number":"x","apps":["a"],"scopes":["text"]}'])(
    'is told by /readyz that the setting is unusable: %s',
    async (APP_CHECK) => {
      expect(await (await ask('/readyz', { settings: { APP_CHECK } })).text()).toContain('APP_CHECK');
    },
  );
});
