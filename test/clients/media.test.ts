import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Gateway, LOCAL_KEY, startGateway } from '../support/gateway.ts';
import { type MediaHost, sendJson, startMediaHost } from './media-host.ts';

const SMALL = randomBytes(100_000);
const LARGE = randomBytes(20_000_000);
const model = 'openai/some-whisper';

let host: MediaHost;
let gateway: Gateway;
let client: OpenAI;
beforeAll(async () => {
  host = await startMediaHost();
  gateway = await startGateway({ OPENAI_BASE_URL: `${host.url}/v1`, OPENAI_API_KEY: 'sk-of-the-host' });
  client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: LOCAL_KEY, maxRetries: 0 });
});
afterAll(async () => {
  await gateway?.stop();
  await host?.stop();
});
beforeEach(() => {
  host.requests.length = 0;
});

const sound = (bytes: Buffer = SMALL) => toFile(bytes, 'spéech "1".mp3', { type: 'audio/mpeg' });

function sendEvents(response: ServerResponse, events: readonly object[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of events) response.write(`data: ${JSON.stringify(event)}\n\n`);
}

describe('openai transcribes', () => {
  test.each([
    ['a small file after its model', SMALL, true],
    ['a small file before its model', SMALL, false],
    ['a large file after its model, while it arrives', LARGE, true],
    ['a file of 10 MB before its model', LARGE.subarray(0, 10_000_000), false],
  ])('%s', async (_, bytes, isModelFirst) => {
    host.answer = (response) => sendJson(response, { text: 'Hello.', usage: { type: 'duration', seconds: 3 } });
    const file = await sound(bytes);
    const { text } = await client.audio.transcriptions.create({
      ...(isModelFirst ? { model, file } : { file, model }),
      language: 'en',
      temperature: 0.5,
    });
    expect(text).toBe('Hello.');
    const [received] = host.requests;
    expect(received?.path).toBe('/v1/audio/transcriptions');
    expect(received?.headers.authorization).toBe('Bearer sk-of-the-host');
    expect(received?.fields).toEqual({ model: ['some-whisper'], language: ['en'], temperature: ['0.5'] });
    expect(received?.files.file?.[0]?.bytes.equals(bytes)).toBe(true);
    expect(received?.files.file?.[0]?.type).toBe('audio/mpeg');
  });

  test('into subtitles', async () => {
    const srt = '1\n00:00:00,000 --> 00:00:01,000\nHello.\n';
    host.answer = (response) => response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(srt);
    const got = await client.audio.transcriptions.create({ model, file: await sound(), response_format: 'srt' });
    expect(got).toBe(srt);
    expect(host.requests[0]?.fields.response_format).toEqual(['srt']);
  });

  test('into words and segments with times', async () => {
    const answer = {
      task: 'transcribe',
      language: 'english',
      duration: 1,
      text: 'Hi',
      words: [{ word: 'Hi', start: 0, end: 1 }],
    };
    host.answer = (response) => sendJson(response, answer);
    const got = await client.audio.transcriptions.create({
      model,
      file: await sound(),
      response_format: 'verbose_json',
      timestamp_granularities: ['word', 'segment'],
    });
    expect(got).toEqual(answer);
    expect(host.requests[0]?.fields['timestamp_granularities[]']).toEqual(['word', 'segment']);
  });

  test('into English', async () => {
    host.answer = (response) => sendJson(response, { text: 'Hello.' });
    expect(await client.audio.translations.create({ model, file: await sound() })).toEqual({ text: 'Hello.' });
    expect(host.requests[0]?.path).toBe('/v1/audio/translations');
  });

  test('as a stream of events', async () => {
    host.answer = (response) => {
      sendEvents(response, [
        { type: 'transcript.text.delta', delta: 'Hel' },
        { type: 'transcript.text.delta', delta: 'lo.' },
        { type: 'transcript.text.done', text: 'Hello.', usage: { type: 'tokens', input_tokens: 9, output_tokens: 2 } },
      ]);
      response.end();
    };
    let text = '';
    const types = [];
    for await (const event of await client.audio.transcriptions.create({ model, file: await sound(), stream: true })) {
      types.push(event.type);
      if (event.type === 'transcript.text.delta') text += event.delta;
    }
    expect(types.at(-1)).toBe('transcript.text.done');
    expect(text).toBe('Hello.');
  });

  test('and learns that a stream is cut', async () => {
    host.answer = (response) => {
      sendEvents(response, [{ type: 'transcript.text.delta', delta: 'Hel' }]);
      setTimeout(() => response.socket?.resetAndDestroy(), 100);
    };
    const stream = await client.audio.transcriptions.create({ model, file: await sound(), stream: true });
    const read = async () => {
      for await (const _ of stream);
    };
    await expect(read()).rejects.toMatchObject({ code: 'upstream_stream_cut' });
  });

  test('a small file again if the host is overloaded', async () => {
    host.answer = (response) => {
      if (host.requests.length === 1) response.writeHead(503).end();
      else sendJson(response, { text: 'Hello.' });
    };
    expect((await client.audio.transcriptions.create({ model, file: await sound() })).text).toBe('Hello.');
    expect(host.requests.map(({ files }) => files.file?.[0]?.bytes.equals(SMALL))).toEqual([true, true]);
  });

  test.each([
    ['the host rejects it', LARGE, { status: 400, code: 'bad_sound' }, { model }],
    ['the model is unknown', LARGE, { status: 404, code: 'model_not_found', param: 'model' }, { model: 'nobody' }],
    ['no host is configured', LARGE, { status: 503, code: 'model_unavailable' }, { model: 'openai/whisper-large-v3' }],
    ['a field is invalid', LARGE, { status: 400, param: 'temperature' }, { model, temperature: 7 }],
    [
      'a field after the file is invalid',
      LARGE,
      { status: 400, param: 'temperature' },
      { model, last: { temperature: 7 } },
    ],
    ['it is too large', Buffer.alloc(27_000_000), { status: 413, code: 'body_too_large' }, { model }],
    ['it is empty', Buffer.alloc(0), { status: 400, param: 'file' }, { model }],
  ] as const)('and gets the error if %s', async (_, bytes, error, { model, ...fields }) => {
    const { last = {}, ...more } = fields as { last?: object };
    host.answer = (response) => sendJson(response, { error: { message: 'This is no sound.', code: 'bad_sound' } }, 400);
    const refused = client.audio.transcriptions.create({ model, ...more, file: await sound(bytes), ...last });
    await expect(refused).rejects.toMatchObject(error);
  });
});

describe('a run', () => {
  test('answers a repeated form and a repeated text without asking the host again', async () => {
    host.answer = (response, { path }) =>
      path.endsWith('/speech')
        ? response.writeHead(200, { 'content-type': 'audio/mpeg' }).end(SMALL)
        : sendJson(response, { text: 'Hello.' });
    const options = { headers: { 'Idempotency-Key': crypto.randomUUID() } };
    for (let i = 0; i < 2; i++) {
      const form = new FormData();
      form.append('model', model);
      form.append('file', new Blob([LARGE.subarray(0, 5_000_000)]), 'a.mp3');
      const written = new Response(form);
      // The boundary is a part of the body.
      const boundary = '----a-boundary-of-a-client-0123456789';
      const text = Buffer.from(await written.arrayBuffer()).toString('latin1');
      const own = /boundary=(.*)$/.exec(written.headers.get('content-type') ?? '')?.[1] ?? '';
      const bytes = Buffer.from(text.replaceAll(own, boundary), 'latin1');
      const headers = {
        authorization: `Bearer ${LOCAL_KEY}`,
        'content-type': `multipart/form-data; boundary=${boundary}`,
        ...options.headers,
      };
      const got = await fetch(`${gateway.url}/v1/audio/transcriptions`, { method: 'POST', body: bytes, headers });
      expect(await got.json()).toEqual({ text: 'Hello.' });
      const sound = await client.audio.speech.create({ model: 'tts', input: 'Hello', voice: 'alloy' }, options);
      expect(Buffer.from(await sound.arrayBuffer()).equals(SMALL)).toBe(true);
    }
    expect(host.requests.map(({ path }) => path)).toEqual(['/v1/audio/transcriptions', '/v1/audio/speech']);
    expect(host.requests[0]?.files.file?.[0]?.bytes).toHaveLength(5_000_000);
  });
});

describe('openai speaks', () => {
  const request = { model: 'tts', input: 'Hello', voice: 'alloy' } as const;

  test('as a stream of bytes', async () => {
    host.answer = (response) => {
      response.writeHead(200, { 'content-type': 'audio/mpeg' });
      response.write(SMALL.subarray(0, 1000));
      setTimeout(() => response.end(SMALL.subarray(1000)), 300);
    };
    const answer = await client.audio.speech.create(request);
    expect(answer.headers.get('content-type')).toBe('audio/mpeg');
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    const { value = new Uint8Array() } = await reader.read();
    // The rest does not exist yet.
    expect(value.length).toBe(1000);
    const chunks = [value];
    for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value);
    expect(Buffer.concat(chunks).equals(SMALL)).toBe(true);
    expect(host.requests[0]?.json).toEqual({ ...request, model: 'tts-1' });
  });

  test('as events', async () => {
    const events = [
      { type: 'speech.audio.delta', audio: 'SUQz' },
      { type: 'speech.audio.done', usage: { input_tokens: 1, output_tokens: 5 } },
    ];
    host.answer = (response) => {
      sendEvents(response, events);
      response.end();
    };
    const answer = await client.audio.speech.create({ ...request, stream_format: 'sse' });
    const data = (await answer.text()).split('\n').filter((line) => line.startsWith('data: '));
    expect(data.map((line) => JSON.parse(line.slice('data: '.length)))).toEqual(events);
  });

  test.each([
    ['without a length', {}],
    ['with a length', { 'content-length': String(SMALL.length) }],
  ])('and learns that the sound is cut, %s', async (_, headers) => {
    host.answer = (response) => {
      response.writeHead(200, { 'content-type': 'audio/mpeg', ...headers });
      response.write(SMALL.subarray(0, 50_000));
      setTimeout(() => response.socket?.resetAndDestroy(), 100);
    };
    const answer = await client.audio.speech.create(request);
    expect(answer.status).toBe(200);
    await expect(answer.arrayBuffer()).rejects.toThrow();
  });

  test('and gets the host’s error', async () => {
    const error = { message: 'There is no such voice.', code: 'invalid_voice', param: 'voice' };
    host.answer = (response) => sendJson(response, { error }, 400);
    await expect(client.audio.speech.create(request)).rejects.toMatchObject({ code: 'invalid_voice', param: 'voice' });
  });
});

describe('openai moderates', () => {
  test('texts', async () => {
    const flagged = { flagged: true, categories: { violence: true }, category_scores: { violence: 0.97 } };
    host.answer = (response) => sendJson(response, { id: 'modr-1', results: [flagged, flagged] });
    const { results, model } = await client.moderations.create({ input: ['one', 'two'] });
    expect(model).toBe('omni-moderation-latest');
    expect(results).toHaveLength(2);
    expect(results[0]?.category_scores.violence).toBe(0.97);
    const [received] = host.requests;
    expect(received?.path).toBe('/v1/moderations');
    expect(received?.json).toEqual({ model: 'omni-moderation-latest', input: ['one', 'two'] });
  });

  test('a picture with its text, and sees why a host refuses it', async () => {
    host.answer = (response) => {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end('{"error": {"message": "The picture cannot be fetched.", "param": "input[1].image_url"}}');
    };
    const url = 'https://pictures.example.com/a.png';
    const input = [
      { type: 'text' as const, text: 'a' },
      { type: 'image_url' as const, image_url: { url } },
    ];
    const asked = client.moderations.create({ input });
    await expect(asked).rejects.toThrow('The picture cannot be fetched.');
    expect(host.requests[0]?.json.input).toEqual(input);
  });
});
