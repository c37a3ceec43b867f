import { describe, expect, it, vi } from 'vitest';
import { type Env, readSettings } from '../../src/settings/settings.ts';
import { ask, environment, errorOf, ORIGIN, serve } from '../support/worker.ts';

describe('keys', () => {
  it('rejects every request if no keys are configured, and says what to do', async () => {
    const answer = await ask('/v1/models', { settings: { API_KEYS: '' } });
    expect(answer.status).toBe(503);
    const error = await errorOf(answer);
    expect(error.code).toBe('keys_not_configured');
    expect(error.message).toContain('wrangler secret put API_KEYS');
  });

  it.each([
    ['no key', { authorization: '' }],
    ['another key', { authorization: 'Bearer sk-other' }],
    ['a longer key', { authorization: 'Bearer sk-test-and-more' }],
    ['another scheme', { authorization: 'Basic sk-test' }],
  ])('rejects %s', async (_, headers) => {
    const answer = await ask('/v1/models', { headers });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect((await errorOf(answer)).code).toBe('invalid_api_key');
  });

  it('accepts each of several keys, with spaces around them', async () => {
    for (const key of ['sk-one', 'sk-two']) {
      const answer = await ask('/v1/models', {
        headers: { authorization: `Bearer ${key}` },
        settings: { API_KEYS: 'sk-one , sk-two' },
      });
      expect(answer.status).toBe(200);
    }
  });
});

describe('settings', () => {
  it.each([
    ['OPENAI_BASE_URL', 'not a url'],
    ['OPENAI_BASE_URL', 'https://host.example.com/v1?key=secret'],
    ['OPENAI_BASE_URL', 'https://host.example.com/v1?'],
    ['OPENAI_BASE_URL', 'https://:secret@host.example.com/v1'],
    ['CLIP_ENDPOINT_URL', 'ftp://host.example.com'],
    ['INFERENCE_URL', 'localhost:8788'],
    ['HF_TOKEN', 'secret-that-is-no-token'],
    ['JINA_API_KEY', 'two words'],
    ['CLIP_ENDPOINT_MODEL', 'no/such-model'],
  ])('names an unusable %s, never its value, and rejects only requests that need it', async (name, value) => {
    const closed: Record<string, string> = {
      OPENAI_BASE_URL: 'openai/any',
      CLIP_ENDPOINT_URL: 'openai/clip-vit-base-patch32',
      CLIP_ENDPOINT_MODEL: 'openai/clip-vit-base-patch32',
      INFERENCE_URL: 'tiny-clip',
      HF_TOKEN: 'intfloat/multilingual-e5-large',
      JINA_API_KEY: 'jinaai/jina-clip-v2',
    };
    const settings = { CLIP_ENDPOINT_URL: 'https://clip.example.com', [name]: value };
    const answer = await ask('/v1/embeddings', { json: { model: closed[name], input: 'a' }, settings });
    expect(answer.status).toBe(503);
    const error = await errorOf(answer);
    expect(error.code).toBe('configuration_invalid');
    expect(error.message).toContain(name);
    const ready = await ask('/readyz', { settings });
    expect(ready.status).toBe(200);
    const text = await ready.text();
    expect(text).toContain('"degraded"');
    expect(text).toContain(name);
    expect(text + error.message).not.toContain(value);
    expect((await ask('/v1/models', { settings })).status).toBe(200);
    if (name === 'INFERENCE_URL') return;
    serve({ [`${ORIGIN}/v1/`]: () => Response.json({ choices: [] }) });
    const json = { model: 'tiny-text', messages: [{ role: 'user', content: 'hi' }] };
    expect((await ask('/v1/chat/completions', { json, settings })).status).toBe(200);
  });

  it('takes a number of wrangler.toml for a number', async () => {
    const settings = { KV_WRITES_PER_REQUEST: 1000 as unknown as string };
    expect(await (await ask('/readyz', { settings })).json()).toEqual({ status: 'ok', problems: [] });
  });

  it('says which model a CLIP endpoint would have to serve', async () => {
    const json = { model: 'openai/clip-vit-large-patch14', input: 'a' };
    const answer = await ask('/v1/embeddings', { json, settings: { CLIP_ENDPOINT_URL: 'https://clip.example.com' } });
    expect((await errorOf(answer)).message).toContain('CLIP_ENDPOINT_MODEL=openai/clip-vit-large-patch14');
  });

  it('does not let an alias skip a model whose setting is unusable', async () => {
    serve({});
    const json = { model: 'text', messages: [{ role: 'user', content: 'hi' }] };
    const answer = await ask('/v1/chat/completions', { json, settings: { HF_TOKEN: 'no-token' } });
    expect(await errorOf(answer)).toMatchObject({ code: 'configuration_invalid', param: 'model' });
  });

  it.each(['sk-good,sk bad', `sk-${'x'.repeat(600)}`])(
    'rejects every request if API_KEYS is unusable',
    async (value) => {
      const settings = { API_KEYS: value };
      const answer = await ask('/v1/models', { settings });
      expect(answer.status).toBe(503);
      const error = await errorOf(answer);
      expect(error).toMatchObject({ code: 'configuration_invalid' });
      const ready = await ask('/readyz', { settings });
      expect(ready.status).toBe(503);
      expect((await ready.text()) + error.message).not.toContain(value);
    },
  );

  it.each([
    ['RUN_HOURS', '0'],
    ['RUN_HOURS', '999999999'],
    ['RUN_HOURS', '0.5'],
    ['RUN_HOURS', 'a day'],
    ['WEBHOOK_DAYS', '0'],
    ['WEBHOOK_DAYS', '999999'],
  ])('names %s=%s: no object can keep anything for that long', async (name, value) => {
    const { problems } = (await (await ask('/readyz', { settings: { [name]: value } })).json()) as {
      problems: string[];
    };
    expect(problems).toEqual([`The setting ${name} must be a whole number from 1 to 9999.`]);
  });

  it('logs an unusable setting once, when the isolate starts, and uses its default', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    const env = environment({ RUN_HOURS: '0' });
    await ask('/livez', { env });
    await ask('/livez', { env });
    const problems = log.mock.calls.map(([line]) => JSON.parse(line)).filter(({ problem }) => problem);
    expect(problems).toEqual([
      { level: 'error', problem: 'The setting RUN_HOURS must be a whole number from 1 to 9999.' },
    ]);
    expect(readSettings(env as Env).runs.keepMs).toBe(24 * 3_600_000);
  });

  it('names a missing KV binding, and rejects only embeddings', async () => {
    const settings = { EMBEDDINGS: undefined as unknown as KVNamespace };
    expect(await (await ask('/readyz', { settings })).text()).toContain('EMBEDDINGS');
    const answer = await ask('/v1/embeddings', { json: { model: 'clip', input: 'a' }, settings });
    expect(await errorOf(answer)).toMatchObject({ code: 'configuration_invalid' });
    serve({ [`${ORIGIN}/v1/`]: () => Response.json({ choices: [] }) });
    const json = { model: 'text', messages: [{ role: 'user', content: 'hi' }] };
    expect((await ask('/v1/chat/completions', { json, settings })).status).toBe(200);
  });
});

describe('health', () => {
  it('is checked without a key', async () => {
    expect((await ask('/livez', { headers: { authorization: '' } })).status).toBe(200);
    const ready = await ask('/readyz', { headers: { authorization: '' } });
    expect(await ready.json()).toEqual({ status: 'ok', problems: [] });
  });

  it('is unusable without configured keys', async () => {
    expect((await ask('/readyz', { settings: { API_KEYS: '' } })).status).toBe(503);
  });
});

describe('routes', () => {
  it('answer 404 if they do not exist', async () => {
    const answer = await ask('/v1/nothing', { json: {} });
    expect(answer.status).toBe(404);
    expect((await errorOf(answer)).code).toBe('not_found');
  });

  it('answer 404 without a key if they do not exist and are outside /v1', async () => {
    const answer = await ask('/nothing', { headers: { authorization: '' } });
    expect(answer.status).toBe(404);
    expect((await errorOf(answer)).code).toBe('not_found');
  });

  it('answer another method with 405 and the allowed one', async () => {
    const answer = await ask('/v1/chat/completions', { method: 'GET' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
    expect((await errorOf(answer)).code).toBe('method_not_allowed');
  });

  it.each([
    ['PROPFIND', '/v1/models', 'GET'],
    ['DELETE', '/v1/models/openai/a/b', 'GET'],
    ['PUT', '/livez', 'GET'],
  ])('answer %s %s with 405', async (method, path, allow) => {
    const answer = await ask(path, { method });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe(allow);
  });

  it.each(['/livez/', '/v1/models/', '/v1/chat/completions/'])('do not include %s', async (path) => {
    const answer = await ask(path, path.includes('chat') ? { json: {} } : {});
    expect(answer.status).toBe(404);
  });

  it.each([
    ['the first bytes of a character', [0xf0, 0x9f, 0x98], 400],
    ['a byte that begins no character', [0xff], 400],
    ['the replacement character itself', [0xef, 0xbf, 0xbd], 200],
  ])('read a body with %s strictly', async (_, bytes, status) => {
    serve({ [`${ORIGIN}/v1/`]: () => Response.json({ choices: [{ index: 0, message: { content: 'x' } }] }) });
    const utf8 = new TextEncoder();
    const [before = '', after = ''] = JSON.stringify({
      model: 'text',
      messages: [{ role: 'user', content: '|' }],
    }).split('|');
    const body = new Uint8Array([0xef, 0xbb, 0xbf, ...utf8.encode(before), ...bytes, ...utf8.encode(after)]);
    const answer = await ask('/v1/chat/completions', { body, headers: { 'content-type': 'application/json' } });
    expect(answer.status).toBe(status);
    if (status === 400) expect((await errorOf(answer)).code).toBe('invalid_json');
  });

  it('answer another content type with 415', async () => {
    const answer = await ask('/v1/chat/completions', { body: 'hello', headers: { 'content-type': 'text/plain' } });
    expect(answer.status).toBe(415);
    expect((await errorOf(answer)).code).toBe('unsupported_media_type');
  });

  it('answer a body that is too large with 413', async () => {
    const answer = await ask('/v1/chat/completions', {
      body: new Uint8Array(25 * 1024 * 1024 + 1),
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(413);
    expect((await errorOf(answer)).code).toBe('body_too_large');
  });

  it('answer too much text besides pictures with 413', async () => {
    const content = 'line\\n'.repeat(1_500_000);
    const body = `{"model":"text","messages":[{"role":"user","content":"${content}"}]}`;
    const answer = await ask('/v1/chat/completions', { body, headers: { 'content-type': 'application/json' } });
    expect(answer.status).toBe(413);
    expect((await errorOf(answer)).message).toContain('beside its pictures');
  });

  it('stop reading a body without a length when it is too large', async () => {
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        sent++;
        controller.enqueue(new Uint8Array(1024 * 1024));
      },
    });
    const answer = await ask('/v1/chat/completions', { body, headers: { 'content-type': 'application/json' } });
    expect(answer.status).toBe(413);
    expect(sent).toBeLessThan(40);
  });

  it('report the position of malformed JSON, without quoting it', async () => {
    const answer = await ask('/v1/chat/completions', {
      body: '{"model": "text",\n "secret": oops}',
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(400);
    const error = await errorOf(answer);
    expect(error.code).toBe('invalid_json');
    expect(error.message).toContain('line 2, column 12');
    expect(error.message).not.toContain('secret');
  });

  it('support CORS: preflight and exposed headers', async () => {
    const preflight = await ask('/v1/chat/completions', {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example.com',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,x-stainless-os',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('x-stainless-os');
    const answer = await ask('/v1/models', { headers: { origin: 'https://app.example.com' } });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-expose-headers')).toContain('x-request-id');
    expect(answer.headers.get('access-control-expose-headers')).toContain('x-should-retry');
  });

  it('reveal nothing of an unexpected failure, and log its position without its message', async () => {
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
    vi.spyOn(crypto, 'getRandomValues').mockImplementation(() => {
      throw new Error('the secret prompt');
    });
    serve({});
    const answer = await ask('/v1/images/generations', { json: { prompt: 'the secret prompt' } });
    expect(answer.status).toBe(500);
    const text = JSON.stringify(await errorOf(answer)) + lines.join('\n');
    expect(text).not.toContain('secret');
    expect(text).toContain('internal_error');
    expect(lines.join('\n')).toContain('at readRequest');
  });
});
