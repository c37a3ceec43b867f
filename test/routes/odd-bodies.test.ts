import { describe, expect, it, vi } from 'vitest';
import { ClipHost } from '../support/clip-host.ts';
import { pngOf } from '../support/pictures.ts';
import { ask, errorOf, ORIGIN, serve } from '../support/worker.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const settings = { OPENAI_BASE_URL: 'https://llm.example.com/v1' };
const chat = (model: string) => ({ model, messages: [{ role: 'user', content: 'hi' }] });
const LARGE = 'x'.repeat(3_000_000);

describe('a model with an odd name', () => {
  it.each(['openai/a\nb', 'openai/\u0000', 'openai/\u0085'])(
    'is rejected with a control character: %j',
    async (model) => {
      serve({});
      const answer = await ask('/v1/chat/completions', { json: chat(model), settings });
      expect(await errorOf(answer)).toMatchObject({ code: 'invalid_parameter', param: 'model' });
    },
  );

  it.each(['openai/模型', 'openai/😀', 'openai/\ud83d'])(
    'answers in any alphabet, and headers and log name it: %j',
    async (model) => {
      const lines: string[] = [];
      vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
      serve({ 'https://llm.example.com': () => Response.json({ choices: [] }) });
      const answer = await ask('/v1/chat/completions', { json: chat(model), settings });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-cedalion-model')).toMatch(/^openai\/%[\dA-F%]+$/);
      expect(lines).toHaveLength(1);
    },
  );

  it('is rejected if it is a megabyte long, beside a picture', async () => {
    serve({});
    const answer = await ask('/v1/chat/completions', { json: chat(LARGE) });
    expect(await errorOf(answer)).toMatchObject({ code: 'invalid_parameter', param: 'model' });
  });
});

describe('a large string', () => {
  it('is refused as the URL of a picture', async () => {
    const input = [{ image: `https://pictures.example.com/${LARGE}` }];
    const answer = await ask('/v1/embeddings', { json: { model: 'tiny-clip', input } });
    expect((await errorOf(answer)).code).toBe('picture_url_refused');
  });

  it('comes back as it was sent, with return_documents', async () => {
    serve({ [ORIGIN]: new ClipHost().answer });
    const image = pngOf(10, 10, LARGE).toBase64();
    const json = { model: 'tiny-clip', query: 'q', documents: [{ image }, 'text'], return_documents: true };
    const answer = (await (await ask('/v1/similarity', { json })).json()) as { results: { document: unknown }[] };
    const documents = answer.results.map(({ document }) => document);
    expect(documents.some((document) => (document as { image?: string }).image === image)).toBe(true);
    expect(documents).toContain('text');
  });

  it('beside deep nesting is no failure of the Worker', async () => {
    serve({ [ORIGIN]: new ClipHost().answer });
    const deep = '['.repeat(50_000) + ']'.repeat(50_000);
    const body = `{"model":"tiny-clip","input":"a","x":${deep},"y":"${LARGE}"}`;
    const answer = await ask('/v1/embeddings', { body, headers: JSON_TYPE });
    expect((await errorOf(answer)).message).toContain('nested too deeply');
  });
});

it('deep nesting in what an answer repeats is no failure of the Worker', async () => {
  serve({
    [ORIGIN]: () => Response.json({ choices: [{ index: 0, message: { content: 'x' }, finish_reason: 'stop' }] }),
  });
  const deep = ['{"a":'.repeat(50_000), '}'.repeat(50_000)].join('1');
  const body = `{"model":"text","input":"hi","tools":[{"type":"function","name":"f","parameters":${deep}}]}`;
  const answer = await ask('/v1/responses', { body, headers: JSON_TYPE });
  expect((await errorOf(answer)).message).toContain('nested too deeply');
});

it('the JSON of a multipart body has the limit of other JSON', async () => {
  serve({});
  const form = new FormData();
  form.set('payload', JSON.stringify({ model: 'tiny-clip', input: 'a', other: 'y\n'.repeat(2_500_000) }));
  const answer = await ask('/v1/embeddings', { body: form });
  expect(answer.status).toBe(413);
});

it('a path with a slash at its end says nothing to strangers', async () => {
  for (const path of ['/v1/models/', '/v1/nothing/', '/v1/nothing']) {
    expect((await ask(path, { headers: { authorization: '' } })).status, path).toBe(401);
  }
});

describe('a client that leaves while it sends', () => {
  it.each([
    ['/v1/chat/completions', 'application/json', '{"model":"openai/a",'],
    ['/v1/embeddings', 'image/png', '\x89PNG'],
    ['/v1/images/edits', 'multipart/form-data; boundary=b', '--b\r\nContent-Disp'],
    ['/v1/audio/transcriptions', 'multipart/form-data; boundary=b', '--b\r\nContent-Disp'],
    ['/mcp', 'application/json', '{"jsonrpc":'],
  ])('is no failure of the Worker: %s', async (path, type, begun) => {
    serve({});
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
    let isBegun = false;
    const body = new ReadableStream({
      type: 'bytes',
      pull(controller) {
        if (isBegun) return controller.error(new Error('Network connection lost.'));
        isBegun = true;
        controller.enqueue(new TextEncoder().encode(begun));
      },
    });
    await ask(path, { body, headers: { 'content-type': type }, settings });
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ level: 'warn', status: 499, error: 'client_closed_request' }),
    ]);
  });
});
