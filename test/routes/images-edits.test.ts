import { describe, expect, it } from 'vitest';
import { GIF, PNG, pngOf } from '../support/pictures.ts';
import { ask, errorOf, serve } from '../support/worker.ts';

const HOST = 'https://host.example.com/v1';
const ROUTER = 'https://router.huggingface.co';
const settings = { OPENAI_BASE_URL: HOST };
const RESULT = pngOf(512, 256);
const edited = () => Response.json({ data: [{ b64_json: RESULT.toBase64() }] });
const dataUrl = `data:image/png;base64,${PNG.toBase64()}`;

function formOf(
  fields: Record<string, string>,
  files: readonly (readonly [name: string, bytes: Uint8Array])[],
): FormData {
  const form = new FormData();
  for (const [name, bytes] of files) form.append(name, new Blob([bytes]), 'a.png');
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}

const edit = (json: object, more: Parameters<typeof ask>[1] = {}) =>
  ask('/v1/images/edits', {
    json: { prompt: 'in blue', images: [{ image_url: dataUrl }], ...json },
    settings,
    ...more,
  });

describe('an edit', () => {
  it('is answered as a generation', async () => {
    const { requests } = serve({ [`${HOST}/images/edits`]: edited });
    const got = await edit({ model: 'openai/editor', size: '512x256', quality: 'auto', strength: 0.5 });
    expect(got.status).toBe(200);
    const answer = (await got.json()) as { data: unknown };
    expect(answer).toMatchObject({ model: 'openai/editor', output_format: 'png', size: '512x256' });
    // No host said that it used a seed.
    expect(answer.data).toEqual([{ b64_json: RESULT.toBase64() }]);
    const form = (await requests[0]?.formData()) as FormData;
    const { image, ...fields } = Object.fromEntries(form) as Record<string, unknown>;
    expect(fields).toEqual({
      model: 'editor',
      prompt: 'in blue',
      size: '512x256',
      strength: '0.5',
      response_format: 'b64_json',
    });
    expect(await (image as Blob).bytes()).toEqual(PNG);
  });

  it('is the same as a form', async () => {
    const { requests } = serve({ [HOST]: edited });
    const form = formOf({ model: 'openai/editor', prompt: 'in blue', n: '2', seed: '7' }, [
      ['image[]', PNG],
      ['image[]', GIF],
      ['mask', PNG],
    ]);
    const got = await ask('/v1/images/edits', { body: form, settings });
    const { data } = (await got.json()) as { data: { seed: number }[] };
    expect(data.map(({ seed }) => seed)).toEqual([7, 8]);
    const sent = (await requests[0]?.formData()) as FormData;
    const pictures = sent.getAll('image[]') as unknown as File[];
    expect(pictures.map(({ name, type }) => [name, type])).toEqual([
      ['image.png', 'image/png'],
      ['image.gif', 'image/gif'],
    ]);
    expect((sent.get('mask') as unknown as File).name).toBe('mask.png');
  });

  it('cannot name another model by a field that ends its own name', async () => {
    const { requests } = serve({ [HOST]: edited });
    const names = ['a"; name="model', 'b"\r\nContent-Disposition: form-data; name="model"\r\n\r\nother\r\n"'];
    const got = await edit({ model: 'openai/editor', ...Object.fromEntries(names.map((name) => [name, 'other'])) });
    expect(got.status).toBe(200);
    const sent = new TextDecoder('latin1').decode(await requests[0]?.bytes());
    expect(sent.match(/name="model"/g)).toHaveLength(1);
    expect(sent).toContain('name="a%22; name=%22model"\r\n\r\nother\r\n');
    expect(sent).toContain('name="b%22%0D%0AContent-Disposition');
  });

  it('can answer with the picture itself', async () => {
    serve({ [HOST]: edited });
    const got = await edit({ model: 'openai/editor', seed: 3 }, { headers: { accept: 'image/*' } });
    expect([got.headers.get('content-type'), got.headers.get('x-cedalion-seed')]).toEqual(['image/png', '3']);
    expect(await got.bytes()).toEqual(RESULT);
  });

  it('takes pictures by URL, at public addresses only', async () => {
    const { requests } = serve({
      'https://pictures.example.com/cat.png': () => new Response(PNG),
      [HOST]: edited,
    });
    expect(
      (await edit({ model: 'openai/editor', images: [{ image_url: 'https://pictures.example.com/cat.png' }] })).status,
    ).toBe(200);
    expect(await ((await (requests[1] as Request).formData()).get('image') as unknown as Blob).bytes()).toEqual(PNG);
    const refused = await edit({ model: 'openai/editor', images: [{ image_url: 'http://127.0.0.1/x.png' }] });
    expect(await errorOf(refused)).toMatchObject({ code: 'picture_url_refused', param: 'images[0]' });
  });

  it('fetches the answer of a host that has a public URL for it, and of no other', async () => {
    let url = 'https://cdn.example.com/x.png';
    serve({
      'https://cdn.example.com/x.png': () => new Response(RESULT),
      [HOST]: () => Response.json({ data: [{ url }] }),
    });
    expect((await edit({ model: 'openai/editor' })).status).toBe(200);
    url = 'http://169.254.169.254/x.png';
    expect((await errorOf(await edit({ model: 'openai/editor' }))).code).toBe('upstream_invalid_answer');
  });

  it('does not ask GPT Image for a format that it rejects, and goes to Hugging Face first with a token', async () => {
    const { requests } = serve({ [HOST]: edited, [ROUTER]: edited });
    await edit({});
    expect(Object.keys(Object.fromEntries((await (requests[0] as Request).formData()) as FormData))).toEqual([
      'model',
      'prompt',
      'image',
    ]);
    const got = await edit(
      { model: 'black-forest-labs/FLUX.1-Kontext-dev' },
      { settings: { ...settings, HF_TOKEN: 'hf_x' } },
    );
    expect(requests[1]?.url).toContain('router.huggingface.co/fal-ai/fal-ai/flux-kontext/dev');
    // It answers without a place in its queue: the next provider is asked.
    expect(requests[2]?.url).toBe(`${ROUTER}/together/v1/images/generations`);
    expect(((await got.json()) as { data: { seed: number }[] }).data[0]?.seed).toBeTypeOf('number');
  });

  it('needs a setting, which its error names', async () => {
    serve({});
    const got = await edit({}, { settings: {} });
    const { code, message } = await errorOf(got);
    expect([got.status, code]).toEqual([503, 'model_unavailable']);
    expect(message).toMatch(/HF_TOKEN, OPENAI_BASE_URL/);
  });

  it.each([
    ['after a line end', (form: string) => `\r\n${form}`],
    ['after text', (form: string) => `A form.\r\n${form}`],
    ['with padded boundaries', (form: string) => form.replaceAll('--x\r\n', '--x \r\n')],
  ])('can be a form %s', async (_, change) => {
    serve({ 'https://host.example.com': () => Response.json({ data: [{ b64_json: PNG.toBase64() }] }) });
    const head = 'Content-Disposition: form-data; name=';
    const fields = `--x\r\n${head}"model"\r\n\r\nopenai/editor\r\n--x\r\n${head}"prompt"\r\n\r\nblue\r\n`;
    const latin1 = (bytes: Uint8Array) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
    const form = `${fields}--x\r\n${head}"image"; filename="a.png"\r\n\r\n${latin1(PNG)}\r\n--x--\r\n`;
    const body = Uint8Array.from(change(form), (character) => character.charCodeAt(0));
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const settings = { OPENAI_BASE_URL: 'https://host.example.com/v1' };
    const got = await ask('/v1/images/edits', { body, headers, settings });
    expect(got.status, await got.clone().text()).toBe(200);
  });

  it('is streamed as one event, and no host gets the fields for that', async () => {
    // Without pixels, so that it stays as it is.
    const b64_json = pngOf(4, 4).toBase64();
    const { requests } = serve({ 'https://host.example.com': () => Response.json({ data: [{ b64_json }] }) });
    const got = await edit({ model: 'openai/editor', stream: true, partial_images: 0 });
    const text = await got.text();
    expect(text).toMatch(/^event: image_edit\.completed\ndata: \{"type":"image_edit\.completed",.*"\}\n\n$/);
    expect(text).toContain(`"b64_json":"${b64_json}"`);
    expect(await requests[0]?.text()).not.toMatch(/stream|partial/);
  });

  it.each([
    [{ prompt: '' }, 'invalid_parameter', 'prompt'],
    [{ images: [] }, 'invalid_parameter', 'images'],
    [{ images: [{ file_id: 'file-1' }] }, 'invalid_parameter', 'images[0].image_url'],
    [{ images: [{ image_url: 'hello' }] }, 'invalid_picture', 'images[0]'],
    [{ images: [{ image_url: dataUrl }, { image_url: btoa('no picture') }] }, 'invalid_picture', 'images[1]'],
    [{ mask: { image_url: btoa('no picture') } }, 'invalid_picture', 'mask'],
    [{ n: 11 }, 'invalid_parameter', 'n'],
    [{ tools: [] }, 'unsupported_parameter', 'tools'],
  ])('names the parameter of %j', async (json, code, param) => {
    serve({});
    const got = await edit({ model: 'openai/editor', ...json });
    expect(got.status).toBe(400);
    expect(await errorOf(got)).toMatchObject({ code, param });
  });

  it.each([
    [{ mask: { image_url: dataUrl } }, 'mask'],
    [{ images: [{ image_url: dataUrl }, { image_url: dataUrl }] }, 'images'],
    [{ size: '512x512' }, 'size'],
    [{ background: 'transparent' }, 'background'],
  ])('of an open model names what its hosts do not take: %j', async (json, param) => {
    serve({});
    const got = await edit(json, { settings: { HF_TOKEN: 'hf_x' } });
    expect(await errorOf(got)).toMatchObject({ code: 'unsupported_parameter', param });
  });

  it('as a form without a length is refused where it exceeds the limit', async () => {
    serve({});
    const form = new Response(formOf({ prompt: 'x' }, [['image', new Uint8Array(15 * 1024 * 1024)]]));
    const headers = { 'content-type': form.headers.get('content-type') ?? '' };
    const body = new Blob([await form.bytes()]).stream();
    const got = await ask('/v1/images/edits', { body, headers, settings });
    expect([got.status, (await errorOf(got)).code]).toEqual([413, 'body_too_large']);
  });

  it.each([
    ['no picture', formOf({ prompt: 'x' }, []), 'image'],
    ['a file of another name', formOf({ prompt: 'x' }, [['picture', PNG]]), 'picture'],
    [
      'two masks',
      formOf({ prompt: 'x' }, [
        ['image', PNG],
        ['mask', PNG],
        ['mask', PNG],
      ]),
      'mask',
    ],
    ['a number that is none', formOf({ prompt: 'x', n: 'two' }, [['image', PNG]]), 'n'],
  ])('as a form is refused with %s', async (_, body, param) => {
    serve({});
    const got = await ask('/v1/images/edits', { body, settings });
    expect(await errorOf(got)).toMatchObject({ code: 'invalid_parameter', param });
  });
});
