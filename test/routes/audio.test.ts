import { describe, expect, it } from 'vitest';
import { bearer, createKey } from '../support/keys.ts';
import { ask, bindings, errorOf, eventStream, type Host, serve } from '../support/worker.ts';

const HOST = 'https://host.example.com/v1';
const ROUTER = 'https://router.huggingface.co';
const settings = { OPENAI_BASE_URL: HOST };
const SOUND = new Uint8Array(3000).fill(7);

type Fields = readonly (readonly [name: string, value: string | Uint8Array])[];
const DEFAULT: Fields = [
  ['model', 'openai/some-whisper'],
  ['file', SOUND],
];

function formOf(fields: Fields): FormData {
  const form = new FormData();
  for (const [name, value] of fields) {
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, new Blob([value], { type: 'audio/mpeg' }), 'a.mp3');
  }
  return form;
}

const transcribe = (fields: Fields = DEFAULT, more: Parameters<typeof ask>[1] = {}) =>
  ask('/v1/audio/transcriptions', { body: formOf(fields), settings, ...more });
const said: Host = () => Response.json({ text: 'Hello.' });

describe('a transcription', () => {
  it('is the host’s answer', async () => {
    const { requests } = serve({ [`${HOST}/audio/transcriptions`]: said });
    const got = await transcribe([...DEFAULT, ['prompt', 'Names: Zoë'], ['a_field_of_this_host', 'x']]);
    expect(got.status).toBe(200);
    expect(await got.json()).toEqual({ text: 'Hello.' });
    expect(got.headers.get('x-cedalion-target')).toBe('openai/some-whisper');
    const form = (await requests[0]?.formData()) as FormData;
    expect([...form.keys()]).toEqual(['model', 'file', 'prompt', 'a_field_of_this_host']);
    expect(form.get('model')).toBe('some-whisper');
    expect(form.get('prompt')).toBe('Names: Zoë');
    expect(await (form.get('file') as unknown as Blob).bytes()).toEqual(SOUND);
  });

  it.each([
    [
      'JSON',
      () => Response.json({ text: 'Hello.', usage: { type: 'tokens', input_tokens: 4 } }),
      { text: 'Hello.', usage: { type: 'tokens', input_tokens: 4 } },
    ],
    ['text', () => new Response('Hello.\n', { headers: { 'content-type': 'text/plain' } }), { text: 'Hello.\n' }],
  ])('of a host that answers with %s where a stream was requested is one event', async (_, host, event) => {
    serve({ [HOST]: host });
    // Also if the field comes after the file.
    const got = await transcribe([...DEFAULT, ['stream', 'true']]);
    expect(got.headers.get('content-type')).toMatch('text/event-stream');
    expect(await got.text()).toBe(`data: ${JSON.stringify({ type: 'transcript.text.done', ...event })}\n\n`);
  });

  it.each([
    ['text', 'text/html; charset=utf-8', 'text/plain; charset=utf-8'],
    ['text', 'application/octet-stream', 'text/plain; charset=utf-8'],
    ['srt', 'text/html', 'application/x-subrip'],
    ['srt', 'text/srt', 'text/srt'],
    ['vtt', null, 'text/vtt'],
  ])('as %s of a host that calls it %s has the type %s', async (format, type, itsType) => {
    const bytes = new TextEncoder().encode('Hello <b>.');
    serve({ [HOST]: () => new Response(bytes, { headers: type ? { 'content-type': type } : {} }) });
    const got = await transcribe([...DEFAULT, ['response_format', format]]);
    expect(got.status).toBe(200);
    expect(got.headers.get('content-type')).toBe(itsType);
    expect(await got.text()).toBe('Hello <b>.');
  });

  it.each(['binary/octet-stream', null])('as JSON of a host that calls it %s is read as JSON', async (type) => {
    const bytes = new TextEncoder().encode('{"text":"Hello."}');
    serve({ [HOST]: () => new Response(bytes, { headers: type ? { 'content-type': type } : {} }) });
    const got = await transcribe();
    expect(got.headers.get('content-type')).toBe('application/json');
    expect(await got.json()).toEqual({ text: 'Hello.' });
  });

  it('as text is never a page', async () => {
    serve({ [HOST]: () => new Response('\n<!DOCTYPE html><p>', { headers: { 'content-type': 'text/html' } }) });
    const got = await transcribe([...DEFAULT, ['response_format', 'text']]);
    expect((await errorOf(got)).code).toBe('upstream_invalid_answer');
  });

  it('comes from Hugging Face’s providers with a token, and from the next one if the first fails', async () => {
    const { requests } = serve({
      [`${ROUTER}/deepinfra/v1/openai/audio/transcriptions`]: () =>
        Response.json({ error: 'Model not supported by provider deepinfra' }, { status: 400 }),
      [`${ROUTER}/together/v1/audio/transcriptions`]: said,
    });
    const got = await transcribe(
      [
        ['file', SOUND],
        ['model', 'whisper'],
      ],
      { settings: { HF_TOKEN: 'hf_x' } },
    );
    expect(await got.json()).toEqual({ text: 'Hello.' });
    expect(got.headers.get('x-cedalion-target')).toBe('huggingface/together/openai/whisper-large-v3');
    for (const request of requests) {
      expect(request.headers.get('authorization')).toBe('Bearer hf_x');
      expect((await request.formData()).get('model')).toBe('openai/whisper-large-v3');
    }
  });

  it.each(['whisper', 'tts'])('needs a setting, which the error of %s names', async (model) => {
    serve({});
    const got =
      model === 'whisper'
        ? await transcribe(
            [
              ['model', model],
              ['file', SOUND],
            ],
            { settings: {} },
          )
        : await ask('/v1/audio/speech', { json: { model, input: 'Hello' } });
    expect(got.status).toBe(503);
    const { code, message } = await errorOf(got);
    expect(code).toBe('model_unavailable');
    expect(message).toMatch(/HF_TOKEN, OPENAI_BASE_URL/);
  });

  it.each([
    ['no model', [['file', SOUND]], 'model'],
    ['no file', [['model', 'whisper']], 'file'],
    [
      'an empty file',
      [
        ['model', 'whisper'],
        ['file', new Uint8Array()],
      ],
      'file',
    ],
    [
      'a text as its file',
      [
        ['model', 'whisper'],
        ['file', 'text'],
      ],
      'file',
    ],
    [
      'a file as its model',
      [
        ['model', SOUND],
        ['file', SOUND],
      ],
      'model',
    ],
    ['two files', [...DEFAULT, ['file', SOUND]], 'file'],
    ['two models', [...DEFAULT, ['model', 'openai/other']], 'model'],
    ['another file', [...DEFAULT, ['image', SOUND]], 'image'],
    ['an unknown format', [...DEFAULT, ['response_format', 'pdf']], 'response_format'],
    ['a temperature of 3', [...DEFAULT, ['temperature', '3']], 'temperature'],
    ['a stream of 1', [...DEFAULT, ['stream', '1']], 'stream'],
    ['unknown times', [...DEFAULT, ['timestamp_granularities[]', 'day']], 'timestamp_granularities[][0]'],
  ] as const)('is refused with %s', async (_, fields, param) => {
    serve({});
    const got = await transcribe(fields as Fields);
    expect(got.status).toBe(400);
    expect(await errorOf(got)).toMatchObject({ code: 'invalid_parameter', param });
  });

  it.each([
    ['JSON', { body: '{}', headers: { 'content-type': 'application/json' } }],
    ['sound alone', { body: SOUND, headers: { 'content-type': 'audio/mpeg' } }],
    ['a form without a boundary', { body: 'x', headers: { 'content-type': 'multipart/form-data' } }],
    ['a compressed form', { headers: { 'content-encoding': 'gzip' } }],
  ])('is refused as %s', async (_, more) => {
    serve({});
    const got = await transcribe(DEFAULT, more);
    const { code, message } = await errorOf(got);
    expect([got.status, code]).toEqual([415, 'unsupported_media_type']);
    expect(message).toContain('with a boundary');
  });

  describe('as hand-written clients send it', () => {
    const part = (head: string, value: string) => `--x\r\nContent-Disposition: form-data; ${head}\r\n\r\n${value}\r\n`;
    const model = part('name="model"', 'openai/whisper-1');
    const after = part('name="language"', 'de');
    const pad = (form: string) => form.replaceAll('--x\r\n', '--x  \r\n');
    const types = { 'content-type': 'multipart/form-data; boundary=x' };

    it.each([
      ['after a line end', (form: string) => `\r\n${form}`],
      ['after text', (form: string) => `This is a multi-part message.\r\n${form}`],
      ['with padded boundaries', pad],
    ])('%s, reaches the host clean, small or while it arrives', async (_, change) => {
      for (const sound of ['sound', 'sound'.repeat(400_000)]) {
        const form = (model: string) => `${model}${part('name="file"; filename="a.mp3"', sound)}${after}--x--\r\n`;
        const texts: string[] = [];
        serve({
          [HOST]: async (request) => {
            texts.push(await request.text());
            return Response.json({ text: 'Hello.' });
          },
        });
        const body = change(form(model));
        const headers = { ...types, 'content-length': String(body.length) };
        const got = await transcribe(DEFAULT, { body, headers });
        expect(await got.json()).toEqual({ text: 'Hello.' });
        expect(texts).toEqual([form(part('name="model"', 'whisper-1'))]);
      }
    });

    it('is refused if only a boundary behind the file is padded, when the length was sent', async () => {
      serve({ [HOST]: async (request) => new Response(await request.text()) });
      const file = part('name="file"; filename="a.mp3"', 'sound'.repeat(400_000));
      const body = `${model}${file}${pad(after)}--x--\r\n`;
      const got = await transcribe(DEFAULT, { body, headers: { ...types, 'content-length': String(body.length) } });
      expect(await errorOf(got)).toMatchObject({ code: 'invalid_parameter' });
    });
  });

  it.each(['; charset=UTF-8', ';charset=iso-8859-1 '])('can name a charset: %j', async (charset) => {
    serve({ [HOST]: () => Response.json({ text: 'Hello.' }) });
    const form = '--x\r\nContent-Disposition: form-data; name="model"\r\n\r\nopenai/whisper-1\r\n--x\r\n';
    const file = 'Content-Disposition: form-data; name="file"; filename="a.mp3"\r\n\r\nsound\r\n--x--\r\n';
    for (const type of [`multipart/form-data; boundary=x${charset}`, `multipart/form-data${charset}; boundary=x`]) {
      const got = await transcribe(DEFAULT, { body: form + file, headers: { 'content-type': type } });
      expect(await got.json()).toEqual({ text: 'Hello.' });
    }
  });

  it.each([
    ['a page', () => new Response('<html>', { headers: { 'content-type': 'text/html' } }), 'upstream_invalid_answer'],
    ['JSON without a text', () => Response.json({ hello: 1 }), 'upstream_invalid_answer'],
    [
      'half of JSON',
      () => new Response('{"text":', { headers: { 'content-type': 'application/json' } }),
      'upstream_invalid_answer',
    ],
    ['a refused credential', () => new Response('', { status: 401 }), 'upstream_unauthorized'],
    ['a file that it finds too large', () => new Response('', { status: 413 }), 'upstream_rejected'],
  ])('fails with a code if the host answers with %s', async (_, host, code) => {
    serve({ [HOST]: host });
    expect((await errorOf(await transcribe())).code).toBe(code);
  });

  it('cannot be sent to a model that the key may not use, wherever the form names it', async () => {
    serve({});
    const key = await createKey({ scopes: ['audio'], models: ['openai/some-whisper'] });
    const refused = async (fields: Fields) => errorOf(await transcribe(fields, { headers: bearer(key) }));
    expect(
      await refused([
        ['model', 'openai/other'],
        ['file', SOUND],
      ]),
    ).toMatchObject({ code: 'model_not_allowed', param: 'model' });
    expect(await refused([...DEFAULT, ['Model', 'other']])).toMatchObject({
      code: 'model_not_allowed',
      param: 'Model',
    });
    expect(await refused([...DEFAULT, ['fallbacks[]', 'other']])).toMatchObject({ param: 'fallbacks[]' });
  });

  it('is recorded once with an idempotency key', async () => {
    // Objects have settings of their own: there, no host has the model.
    serve({});
    const headers = { 'idempotency-key': crypto.randomUUID() };
    const got = await transcribe(
      [
        ['model', 'whisper'],
        ['file', SOUND],
      ],
      { headers },
    );
    expect(got.headers.get('x-run-id') ?? got.headers.get('x-request-id')).toBeTruthy();
    expect((await errorOf(got)).code).toBe('model_unavailable');
  });
});

describe('sound', () => {
  it('is passed on as bytes, with its own type', async () => {
    const { requests } = serve({
      [`${ROUTER}/together/v1/audio/speech`]: () => new Response(SOUND, { headers: { 'content-type': 'audio/wav' } }),
    });
    const json = { model: 'tts', input: 'Hello', voice: 'af_alloy', lang_code: 'en' };
    const got = await ask('/v1/audio/speech', { json, settings: { HF_TOKEN: 'hf_x' } });
    expect(got.headers.get('content-type')).toBe('audio/wav');
    expect(await got.bytes()).toEqual(SOUND);
    expect(await requests[0]?.json()).toEqual({ ...json, model: 'hexgrad/Kokoro-82M' });
  });

  it('can be a stream of events', async () => {
    serve({
      [HOST]: () => eventStream([{ type: 'speech.audio.delta', audio: 'AAAA' }, { type: 'speech.audio.done' }]),
    });
    const got = await ask('/v1/audio/speech', {
      json: { model: 'openai/tts', input: 'x', stream_format: 'sse' },
      settings,
    });
    const text = await got.text();
    expect(text).toContain('speech.audio.done');
    expect(text).not.toContain('error');
  });

  it.each([
    [{ model: 'tts' }, 'input'],
    [{ model: 'tts', input: '' }, 'input'],
    [{ input: 'x' }, 'model'],
    [{ model: 'tts', input: 'x', speed: 9 }, 'speed'],
    [{ model: 'tts', input: 'x', voice: 7 }, 'voice'],
    [{ model: 'tts', input: 'x', stream_format: 'mp3' }, 'stream_format'],
  ])('needs parameters: %j', async (json, param) => {
    serve({});
    const got = await ask('/v1/audio/speech', { json, settings });
    expect(await errorOf(got)).toMatchObject({ code: 'invalid_parameter', param });
  });

  it.each([
    ['audio/ogg'],
    ['application/ogg'],
    ['video/mp4'],
    ['binary/octet-stream'],
    ['application/octet-stream'],
    [null],
  ])('is passed on if its host calls it %s', async (type) => {
    serve({ [HOST]: () => new Response(SOUND, { headers: type ? { 'content-type': type } : {} }) });
    const got = await ask('/v1/audio/speech', { json: { model: 'openai/tts', input: 'x' }, settings });
    expect(got.status).toBe(200);
    expect(got.headers.get('content-type')).toBe(type ?? 'application/octet-stream');
    expect(await got.bytes()).toEqual(SOUND);
  });

  it('is not JSON', async () => {
    serve({ [HOST]: () => Response.json({ audio: 'x' }) });
    const got = await ask('/v1/audio/speech', { json: { model: 'openai/tts', input: 'x' }, settings });
    expect((await errorOf(got)).code).toBe('upstream_invalid_answer');
  });
});

describe('usage', () => {
  it('keeps to a limit of tokens, where the host counts them', async () => {
    const usage = { type: 'tokens', input_tokens: 90, output_tokens: 10, total_tokens: 100 };
    serve({ [HOST]: () => Response.json({ text: 'x', usage }) });
    const headers = bearer(await createKey({ limits: { tokens_per_day: 100 } }));
    expect((await transcribe(DEFAULT, { headers })).status).toBe(200);
    const refused = await transcribe(DEFAULT, { headers });
    expect([refused.status, (await errorOf(refused)).code]).toEqual([429, 'insufficient_quota']);
  });

  it('stays a number, whatever the host says', async () => {
    const said = [
      '"duration":1e999',
      '"usage":{"input_tokens":5,"seconds":60}',
      '"usage":{"output_tokens":"x","seconds":60}',
      '"duration":1e308',
    ];
    serve({
      [HOST]: async (request) => {
        const model = String((await request.formData()).get('model'));
        return new Response(`{"text":"x",${said[Number(model)]}}`, { headers: { 'content-type': 'application/json' } });
      },
    });
    const counted = { ...settings, USAGE: bindings.USAGE };
    const ask_ = (_: string, i: number) =>
      transcribe([['model', `openai/${i}`], ...DEFAULT.slice(1)], { settings: counted });
    const answers = await Promise.all(said.map(ask_));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    type Row = { cost_usd: number; estimated_requests: number };
    const rows = async () => ((await (await ask('/v1/usage', { settings: counted })).json()) as { data: Row[] }).data;
    await expect.poll(rows, { timeout: 10_000 }).toHaveLength(4);
    const data = await rows();
    expect(data.flatMap(Object.values)).not.toContain(null);
    // A file of some 2 kB has at most 3 s of sound, at 0.006 USD per minute.
    expect(Math.max(...data.map(({ cost_usd }) => cost_usd))).toBeLessThan(0.001);
    expect(data.at(-1)?.estimated_requests).toBe(1);
  }, 15_000);

  it('counts sound by the length that the host says, or else by bytes, and speech by its text', async () => {
    const counted = { ...settings, USAGE: bindings.USAGE };
    serve({
      [`${HOST}/audio/speech`]: () => new Response(SOUND, { headers: { 'content-type': 'audio/mpeg' } }),
      [HOST]: async (request) => {
        const isTimed = (await request.formData()).get('model') === 'some-whisper';
        return Response.json({ text: 'x', ...(isTimed && { usage: { input_tokens: 5, seconds: 90 } }) });
      },
    });
    const large = new Uint8Array(480_000);
    const speech = ask('/v1/audio/speech', {
      json: { model: 'openai/tts', input: 'x'.repeat(4_000) },
      settings: counted,
    });
    // Usage is written two seconds later: at once, all of it together.
    await Promise.all([
      transcribe([...DEFAULT.slice(0, -1), ['file', new Uint8Array(90_000)]], { settings: counted }),
      transcribe(
        [
          ['model', 'openai/other-whisper'],
          ['file', large],
        ],
        { settings: counted },
      ),
      // Passed on while it arrives, and its length is only known at its end.
      transcribe(
        [
          ['model', 'openai/chunked-whisper'],
          ['file', new Uint8Array(2_400_000)],
        ],
        { settings: counted },
      ),
      speech.then((answer) => answer.bytes()),
    ]);
    const usage = async () => {
      const answer = await ask('/v1/usage', { settings: counted });
      return ((await answer.json()) as { data: Record<string, unknown>[] }).data;
    };
    await expect.poll(usage, { timeout: 10_000 }).toHaveLength(4);
    const data = await usage();
    const rows = Object.fromEntries(data.map((row) => [row.model, row]));
    expect(rows['openai/some-whisper']).toMatchObject({
      ...{ estimated_requests: 0, prompt_tokens: 5, completion_tokens: 0 },
    });
    expect(rows['openai/some-whisper']?.cost_usd).toBeCloseTo(0.009, 5);
    expect(rows['openai/other-whisper']).toMatchObject({ estimated_requests: 1 });
    expect(rows['openai/other-whisper']?.cost_usd).toBeCloseTo(0.012, 3);
    expect(rows['openai/chunked-whisper']?.cost_usd).toBeCloseTo(0.06, 3);
    expect(rows['openai/tts']).toMatchObject({ requests: 1, images: 0 });
    expect(rows['openai/tts']?.cost_usd).toBeCloseTo(0.06, 2);
  }, 15_000);
});
