import { describe, expect, it } from 'vitest';
import { heifOf, PNG, pngOf } from '../support/pictures.ts';
import { ask, errorOf, ORIGIN, serve } from '../support/worker.ts';

const HOST = `${ORIGIN}/models/tiny-image`;
const picture = (bytes: Uint8Array = pngOf(256, 256)) =>
  new Response(bytes, { headers: { 'content-type': 'image/png' } });

interface Answer {
  created: number;
  model: string;
  size: string;
  output_format: string;
  data: { b64_json?: string; url?: string; seed: number }[];
}

describe('images', () => {
  it('are returned as base64, with their actual size, format and seed', async () => {
    const { requests } = serve({ [HOST]: () => picture() });
    const got = await ask('/v1/images/generations', { json: { prompt: 'a red house', seed: 7 } });
    expect(got.status).toBe(200);
    const answer = (await got.json()) as Answer;
    expect(answer).toMatchObject({ model: 'tiny-image', size: '256x256', output_format: 'png' });
    expect(answer.data).toEqual([{ b64_json: pngOf(256, 256).toBase64(), seed: 7 }]);
    expect(await requests[0]?.json()).toEqual({
      inputs: 'a red house',
      parameters: { width: 256, height: 256, seed: 7 },
    });
  });

  it('are returned as data URLs on request, several with consecutive seeds', async () => {
    const { requests } = serve({ [HOST]: () => picture() });
    const got = await ask('/v1/images/generations', {
      json: { prompt: 'x', n: 3, seed: 2 ** 31 - 2, response_format: 'url', size: '128x64' },
    });
    const { data } = (await got.json()) as Answer;
    expect(data.map(({ seed }) => seed)).toEqual([2 ** 31 - 2, 2 ** 31 - 1, 0]);
    expect(data[0]?.url).toMatch(/^data:image\/png;base64,iVBOR/);
    expect(await requests[0]?.json()).toMatchObject({ parameters: { width: 128, height: 64 } });
  });

  it('are streamed as one event each, also to a client that accepts pictures', async () => {
    serve({ [HOST]: () => picture() });
    const json = { prompt: 'x', n: 2, seed: 7, stream: true, partial_images: 1 };
    const got = await ask('/v1/images/generations', { json, headers: { accept: 'image/*' } });
    expect(got.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const events = (await got.text()).split('\n\n');
    expect(events.pop()).toBe('');
    const shown = events.map((event) => {
      const [, name, data] = /^event: (\S+)\ndata: (.*)$/.exec(event) ?? [];
      return { name, ...JSON.parse(data ?? '') };
    });
    const type = 'image_generation.completed';
    const shared = { name: type, type, b64_json: pngOf(256, 256).toBase64(), size: '256x256', output_format: 'png' };
    expect(shown).toMatchObject([
      { ...shared, seed: 7 },
      { ...shared, seed: 8 },
    ]);
    const refused = await ask('/v1/images/generations', { json: { ...json, prompt: '' } });
    expect((await errorOf(refused)).param).toBe('prompt');
  });

  it('have a random seed by default', async () => {
    serve({ [HOST]: () => picture() });
    const seeds = await Promise.all(
      [1, 2].map(
        async () =>
          ((await (await ask('/v1/images/generations', { json: { prompt: 'x' } })).json()) as Answer).data[0]?.seed,
      ),
    );
    expect(seeds[0]).not.toBe(seeds[1]);
  });

  it('are returned as raw bytes with Accept: image/*', async () => {
    serve({ [HOST]: () => picture() });
    const got = await ask('/v1/images/generations', { json: { prompt: 'x', seed: 5 }, headers: { accept: 'image/*' } });
    expect(got.headers.get('content-type')).toBe('image/png');
    expect(got.headers.get('x-cedalion-seed')).toBe('5');
    expect(new Uint8Array(await got.arrayBuffer())).toEqual(pngOf(256, 256));
  });

  it('are requested in the caller’s format, if the host supports it', async () => {
    const { requests } = serve({ [HOST]: () => picture() });
    await ask('/v1/images/generations', { json: { prompt: 'x', output_format: 'webp' } });
    expect(requests[0]?.headers.get('accept')).toBe('image/webp');
    await ask('/v1/images/generations', {
      json: { prompt: 'x' },
      headers: { accept: 'image/avif,image/webp,image/*' },
    });
    expect(requests[1]?.headers.get('accept')).toBe('image/webp');
    const hosted = await ask('/v1/images/generations', {
      json: { prompt: 'x', output_format: 'webp' },
      settings: { HF_TOKEN: 'hf_x' },
    });
    expect(await errorOf(hosted)).toMatchObject({ code: 'unsupported_parameter', param: 'output_format' });
  });

  it.each([
    ['its own type', 'image/avif'],
    ['another type', 'image/png'],
    ['the type of any bytes', 'application/octet-stream'],
  ])('are passed on in either form if a host makes AVIF, and says so with %s', async (_, type) => {
    const avif = heifOf('avif', 1024, 512);
    serve({ [HOST]: () => new Response(avif, { headers: { 'content-type': type } }) });
    const raw = await ask('/v1/images/generations', { json: { prompt: 'x' }, headers: { accept: 'image/*' } });
    expect(raw.headers.get('content-type')).toBe('image/avif');
    expect(new Uint8Array(await raw.arrayBuffer())).toEqual(avif);
    const json = { prompt: 'x', response_format: 'url' };
    const answer = (await (await ask('/v1/images/generations', { json })).json()) as object;
    expect(answer).toMatchObject({
      output_format: 'avif',
      size: '1024x512',
      data: [{ url: `data:image/avif;base64,${avif.toBase64()}` }],
    });
  });

  it('are passed on in either form if a host sends AVIF in base64', async () => {
    const avif = heifOf('avif', 1024, 512);
    serve({ 'https://openai.example.com/': () => Response.json({ data: [{ b64_json: avif.toBase64() }] }) });
    const settings = { OPENAI_BASE_URL: 'https://openai.example.com/v1' };
    const json = { model: 'gpt-image-2.6-sunburst', prompt: 'x', images: [{ image_url: PNG.toBase64() }] };
    const answer = await ask('/v1/images/edits', { json, settings });
    expect(await answer.json()).toMatchObject({ output_format: 'avif', data: [{ b64_json: avif.toBase64() }] });
    const raw = await ask('/v1/images/edits', { json, settings, headers: { accept: 'image/*' } });
    expect(raw.headers.get('content-type')).toBe('image/avif');
  });

  it('are refused in either form if a host makes what is no picture here', async () => {
    const svg = () =>
      new Response('<svg xmlns="http://www.w3.org/2000/svg"/>', { headers: { 'content-type': 'image/svg+xml' } });
    serve({ [HOST]: svg });
    for (const accept of ['image/*', 'application/json']) {
      const got = await ask('/v1/images/generations', { json: { prompt: 'x' }, headers: { accept } });
      expect(await errorOf(got)).toMatchObject({ code: 'upstream_invalid_answer' });
    }
  });

  it.each([
    ['text', () => new Response('hello', { headers: { 'content-type': 'text/plain' } })],
    ['text with the type of an image', () => new Response('hello', { headers: { 'content-type': 'image/png' } })],
  ])('are invalid if the host sends %s', async (_, host) => {
    serve({ [HOST]: host });
    const got = await ask('/v1/images/generations', { json: { prompt: 'x' } });
    expect(got.status).toBe(502);
    expect((await errorOf(got)).code).toBe('upstream_invalid_answer');
  });

  it.each([
    [{}, 'prompt'],
    [{ prompt: '' }, 'prompt'],
    [{ prompt: 'x', n: 11 }, 'n'],
    [{ prompt: 'x', size: 'large' }, 'size'],
    [{ prompt: 'x', size: '100x100' }, 'size'],
    [{ prompt: 'x', size: '4096x64' }, 'size'],
    [{ prompt: 'x', seed: -1 }, 'seed'],
    [{ prompt: 'x', seed: 1.5 }, 'seed'],
    [{ prompt: 'x', response_format: 'file' }, 'response_format'],
    [{ prompt: 'x', output_format: 'bmp' }, 'output_format'],
  ])('names the parameter of %j', async (json, param) => {
    serve({});
    const got = await ask('/v1/images/generations', { json });
    expect(got.status).toBe(400);
    expect(await errorOf(got)).toMatchObject({ code: 'invalid_parameter', param });
  });

  it('are limited to one with Accept: image/*', async () => {
    serve({});
    const got = await ask('/v1/images/generations', { json: { prompt: 'x', n: 2 }, headers: { accept: 'image/png' } });
    expect(await errorOf(got)).toMatchObject({ param: 'n' });
  });
});
