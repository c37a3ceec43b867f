import { describe, expect, it } from 'vitest';
import { prompts } from '../../src/surfaces/prompts/compiled.ts';
import { bearer, createKey } from '../support/keys.ts';
import { call, chatAnswer, post, request } from '../support/mcp.ts';
import { pngOf } from '../support/pictures.ts';
import { ask, errorOf, ORIGIN, serve } from '../support/worker.ts';

/** The protocol, message by message. The official clients are in test/clients/mcp.test.ts. */

const MODERN = '2026-07-28';
const LEGACY = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];

/** A request of the stateless protocol. */
const META = { 'io.modelcontextprotocol/protocolVersion': MODERN, 'io.modelcontextprotocol/clientCapabilities': {} };
const modern = (method: string, params: object = {}, meta: object = META) =>
  request(method, { ...params, _meta: meta });
const headersOf = (method: string, more: Record<string, string> = {}) => ({
  'mcp-protocol-version': MODERN,
  'mcp-method': method,
  ...more,
});

describe('whoever has no key', () => {
  it.each(['POST', 'GET', 'DELETE'])('gets 401 for %s, as clients expect before they log in', async (method) => {
    const answer = await ask('/mcp', { method, anonymous: true });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(await errorOf(answer)).toMatchObject({ code: 'invalid_api_key' });
  });

  it('learns that there is no OAuth here', async () => {
    for (const path of ['oauth-protected-resource', 'oauth-protected-resource/mcp', 'oauth-authorization-server']) {
      const answer = await ask(`/.well-known/${path}`, { anonymous: true });
      expect(answer.status).toBe(404);
      await errorOf(answer);
    }
  });
});

describe('a server without sessions', () => {
  it.each(['GET', 'DELETE'])('has no %s', async (method) => {
    const answer = await ask('/mcp', { method, headers: { accept: 'text/event-stream' } });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('names none, and ignores one', async () => {
    const { status, headers } = await post(request('ping'), { 'mcp-session-id': 'x', 'last-event-id': '7' });
    expect([status, headers.get('mcp-session-id')]).toEqual([200, null]);
  });

  it('does not record a run', async () => {
    serve(chatAnswer('hi'));
    const headers = { 'idempotency-key': 'a', prefer: 'respond-async', 'x-cedalion-resume': 'true' };
    const { status, headers: got, body } = await post(call('chat', { prompt: 'x' }), headers);
    expect([status, got.get('x-run-id'), body.result]).toEqual([
      200,
      null,
      { content: [{ type: 'text', text: 'hi' }] },
    ]);
  });
});

describe('the versions that begin with initialize', () => {
  const [latest = ''] = LEGACY;
  it.each<[string | undefined, string]>([
    ...LEGACY.map((version): [string, string] => [version, version]),
    [MODERN, latest],
    ['1.0', latest],
    [undefined, latest],
  ])('agree on a version: a client that wants %s gets %s', async (wanted, agreed) => {
    const { body } = await post(request('initialize', { protocolVersion: wanted, capabilities: {}, clientInfo: {} }));
    expect(body.result).toEqual({
      protocolVersion: agreed,
      capabilities: { tools: {} },
      serverInfo: { name: 'cedalion', title: 'Cedalion', version: '1' },
      instructions: expect.stringContaining('list_models'),
    });
  });

  it('answer a ping, and list the tools', async () => {
    const headers = { 'mcp-protocol-version': '2025-06-18' };
    expect((await post(request('ping'), headers)).body).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
    expect((await post(request('tools/list'), headers)).body.result?.tools).toHaveLength(6 + prompts.length);
  });

  it.each(['notifications/initialized', 'notifications/cancelled', 'notifications/unknown'])(
    'accept %s without an answer',
    async (method) => {
      expect(await post({ jsonrpc: '2.0', method })).toMatchObject({ status: 202, body: {} });
    },
  );

  it.each(['server/discover', 'resources/list', 'prompts/list', 'logging/setLevel', 'constructor', ''])(
    'have no method %s',
    async (method) => {
      const { status, body } = await post(request(method));
      expect([status, body]).toEqual([
        200,
        { jsonrpc: '2.0', id: 1, error: { code: -32601, message: expect.any(String) } },
      ]);
    },
  );

  it('name the versions that there are to a client of another one', async () => {
    const { status, body } = await post(request('tools/list'), { 'mcp-protocol-version': '2031-01-01' });
    expect(status).toBe(400);
    const data = { supported: [MODERN, ...LEGACY], requested: '2031-01-01' };
    expect(body.error).toMatchObject({ code: -32022, data });
  });
});

describe('the stateless version', () => {
  it('says what the server is', async () => {
    const { status, body } = await post(modern('server/discover'), headersOf('server/discover'));
    expect(status).toBe(200);
    expect(body.result).toEqual({
      resultType: 'complete',
      supportedVersions: [MODERN, ...LEGACY],
      capabilities: { tools: {} },
      instructions: expect.any(String),
      ttlMs: expect.any(Number),
      cacheScope: 'private',
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'cedalion', title: 'Cedalion', version: '1' } },
    });
  });

  it('lists and calls tools', async () => {
    serve(chatAnswer('hi'));
    const list = await post(modern('tools/list'), headersOf('tools/list'));
    expect(list.body.result).toMatchObject({ resultType: 'complete', cacheScope: 'private' });
    const params = { name: 'chat', arguments: { prompt: 'x' } };
    for (const name of ['chat', '=?base64?Y2hhdA==?=']) {
      const { body } = await post(modern('tools/call', params), headersOf('tools/call', { 'mcp-name': name }));
      expect(body.result).toMatchObject({ resultType: 'complete', content: [{ type: 'text', text: 'hi' }] });
    }
  });

  it.each(['ping', 'initialize', 'prompts/list'])('has no method %s', async (method) => {
    expect(await post(modern(method), headersOf(method))).toMatchObject({
      status: 404,
      body: { error: { code: -32601 } },
    });
  });

  const MISMATCH = -32020;
  const chat = { name: 'chat', arguments: {} };
  it.each<[string, number, string, object, object, Record<string, string>]>([
    ['no version in a header', MISMATCH, 'tools/list', {}, META, { 'mcp-method': 'tools/list' }],
    [
      'another version in a header',
      MISMATCH,
      'tools/list',
      {},
      META,
      headersOf('tools/list', { 'mcp-protocol-version': '2025-11-25' }),
    ],
    ['no method in a header', MISMATCH, 'tools/list', {}, META, { 'mcp-protocol-version': MODERN }],
    ['another method in a header', MISMATCH, 'tools/list', {}, META, headersOf('tools/call')],
    ['no name in a header', MISMATCH, 'tools/call', chat, META, headersOf('tools/call')],
    ['another name in a header', MISMATCH, 'tools/call', chat, META, headersOf('tools/call', { 'mcp-name': 'embed' })],
    [
      'a name in a header that is no base64',
      MISMATCH,
      'tools/call',
      chat,
      META,
      headersOf('tools/call', { 'mcp-name': '=?base64?!?=' }),
    ],
    [
      'a version that is no string',
      -32602,
      'tools/list',
      {},
      { ...META, 'io.modelcontextprotocol/protocolVersion': 7 },
      headersOf('tools/list'),
    ],
    ['no version in the body', -32602, 'tools/list', {}, {}, headersOf('tools/list')],
    [
      'no capabilities',
      -32602,
      'tools/list',
      {},
      { 'io.modelcontextprotocol/protocolVersion': MODERN },
      headersOf('tools/list'),
    ],
    [
      'an unknown version',
      -32022,
      'tools/list',
      {},
      { ...META, 'io.modelcontextprotocol/protocolVersion': '2031-01-01' },
      headersOf('tools/list', { 'mcp-protocol-version': '2031-01-01' }),
    ],
  ])('refuses %s', async (_, code, method, params, meta, headers) => {
    expect(await post(modern(method, params, meta), headers)).toMatchObject({
      status: 400,
      body: { id: 1, error: { code } },
    });
  });
});

describe('what is no message', () => {
  it.each(['', '{', '[1,', 'nul', '"x', '{"jsonrpc":"2.0",}'])('is refused as JSON: %s', async (body) => {
    const answer = await ask('/mcp', { body, headers: { 'content-type': 'application/json' } });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({
      jsonrpc: '2.0',
      error: { code: -32700, message: expect.stringContaining('line 1') },
    });
  });

  it.each([
    null,
    1,
    'ping',
    {},
    { jsonrpc: '1.0', id: 1, method: 'ping' },
    { jsonrpc: '2.0', id: 1 },
    { jsonrpc: '2.0', id: 1, result: {} },
    { jsonrpc: '2.0', id: null, method: 'ping' },
    { jsonrpc: '2.0', id: 1.5, method: 'ping' },
    { jsonrpc: '2.0', id: {}, method: 'ping' },
    { jsonrpc: '2.0', id: 1, method: 7 },
    { jsonrpc: '2.0', id: 1, method: 'ping', params: [] },
  ])('is refused: %j', async (message) => {
    const { status, body } = await post(message);
    expect([status, body]).toEqual([400, { jsonrpc: '2.0', error: { code: -32600, message: expect.any(String) } }]);
  });

  it('is refused by HTTP if it is no JSON at all, or too large', async () => {
    const send = (body: string, type: string) => ask('/mcp', { body, headers: { 'content-type': type } });
    expect((await send('{}', 'text/plain')).status).toBe(415);
    expect((await send('{}', 'multipart/form-data; boundary=x')).status).toBe(415);
    const large = await send(JSON.stringify(call('chat', { prompt: 'x'.repeat(5 * 1024 * 1024) })), 'application/json');
    expect([large.status, (await errorOf(large)).code]).toEqual([413, 'body_too_large']);
  });

  it.each([
    ['no name', {}],
    ['an unknown name', { name: 'make_coffee' }],
    ['a name of every object', { name: 'constructor' }],
    ['a name that is no string', { name: ['chat'] }],
    ['arguments that are a list', { name: 'chat', arguments: ['hi'] }],
    ['arguments that are a text', { name: 'chat', arguments: '{"prompt":"hi"}' }],
  ])('is refused as a call: %s', async (_, params) => {
    const { status, body } = await post(request('tools/call', params));
    expect([status, body.error?.code]).toEqual([200, -32602]);
  });
});

it('reads a message that is nested too deeply for most programs', async () => {
  const deep = '['.repeat(200_000) + ']'.repeat(200_000);
  const body = JSON.stringify(call('similarity', { query: 'DEEP', documents: ['a'] })).replace('"DEEP"', deep);
  const answer = await ask('/mcp', { body, headers: { 'content-type': 'application/json' } });
  const { result } = (await answer.json()) as { result: { content: { text: string }[] } };
  expect(result.content[0]?.text).toMatch(/^invalid_parameter: `query` must be/);
});

describe('a batch', () => {
  it('is answered where the version has it, without its notifications', async () => {
    const messages = [
      request('ping'),
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { ...request('nothing'), id: 'b' },
      7,
    ];
    for (const headers of [{}, { 'mcp-protocol-version': '2025-03-26' }]) {
      const { status, body } = await post(messages, headers);
      expect([status, body]).toEqual([
        200,
        [
          { jsonrpc: '2.0', id: 1, result: {} },
          { jsonrpc: '2.0', id: 'b', error: expect.objectContaining({ code: -32601 }) },
          { jsonrpc: '2.0', error: expect.objectContaining({ code: -32600 }) },
        ],
      ]);
    }
  });

  it('is accepted if it has notifications only', async () => {
    expect((await post([{ jsonrpc: '2.0', method: 'notifications/initialized' }])).status).toBe(202);
  });

  it('ends where its answers are too large to be held together', async () => {
    const picture = new Uint8Array(5 * 1024 * 1024);
    picture.set(pngOf(64, 64));
    serve({ [`${ORIGIN}/models/`]: () => new Response(picture, { headers: { 'content-type': 'image/png' } }) });
    const { body } = await post(Array(4).fill(call('generate_image', { prompt: 'x', size: '64x64' })));
    expect((body as { error?: { code: number } }[]).map(({ error }) => error?.code)).toEqual([
      undefined,
      undefined,
      -32600,
      -32600,
    ]);
  });

  it('is metered call by call', async () => {
    serve(chatAnswer('hi'));
    const key = await createKey({ limits: { requests_per_minute: 2 } });
    const { body } = await post(Array(3).fill(call('chat', { prompt: 'x' })), bearer(key));
    expect((body as { result: object }[]).map(({ result }) => 'isError' in result)).toEqual([false, false, true]);
  });

  it('reserves what each message needs, however many small ones are beside it', async () => {
    const { requests } = serve(chatAnswer('hi'));
    const key = await createKey({ limits: { tokens_per_day: 50_000 } });
    const large = call('chat', { prompt: 'x'.repeat(400_000), max_tokens: 10 });
    const small = call('chat', { prompt: 'x', max_tokens: 10 });
    const { body } = await post([large, small, ...Array(30).fill(request('ping'))], bearer(key));
    const [first, second] = body as { result: object }[];
    expect(JSON.stringify(first?.result)).toContain('insufficient_quota');
    expect(JSON.stringify(second?.result)).toContain('hi');
    expect(requests).toHaveLength(1);
  });

  it.each([
    ['a later version', [request('ping')], { 'mcp-protocol-version': '2025-06-18' }],
    ['the stateless version', [request('ping')], { 'mcp-protocol-version': MODERN }],
    ['nothing in it', [], {}],
    ['more than 32 messages', Array(33).fill(request('ping')), {}],
  ])('is refused with %s', async (_, messages, headers) => {
    expect(await post(messages, headers)).toMatchObject({ status: 400, body: { error: { code: -32600 } } });
  });
});

describe('a page of another origin', () => {
  const APP = 'https://app.example.com';
  const settings = { CORS_ORIGINS: APP };

  it('can do nothing, unless the operator lists it', async () => {
    const { requests } = serve({});
    for (const origin of ['https://evil.example.com', 'null', `${APP}.evil.com`, 'http://cedalion.example.com']) {
      const answer = await ask('/mcp', { json: call('chat', { prompt: 'x' }), headers: { origin }, settings });
      expect([answer.status, (await errorOf(answer)).code], origin).toEqual([403, 'origin_not_allowed']);
    }
    expect(requests).toEqual([]);
    for (const origin of [APP, 'https://cedalion.example.com']) {
      expect((await post(request('ping'), { origin }, { settings })).status, origin).toBe(200);
    }
  });

  it('may send the headers of the protocol', async () => {
    const asked = 'authorization,content-type,mcp-protocol-version,mcp-session-id,mcp-method,mcp-name,last-event-id';
    const headers = { origin: APP, 'access-control-request-method': 'POST', 'access-control-request-headers': asked };
    const answer = await ask('/mcp', { method: 'OPTIONS', headers, settings, anonymous: true });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(APP);
    expect(answer.headers.get('access-control-allow-headers')).toBe(asked);
  });
});
