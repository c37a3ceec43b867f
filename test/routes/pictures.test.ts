import { describe, expect, it } from 'vitest';
import { ClipHost } from '../support/clip-host.ts';
import { bmpOf, heifOf, OTHER_FILES, PNG, pngOf, tiffOf } from '../support/pictures.ts';
import { type Ask, ask, type Host, ORIGIN, serve } from '../support/worker.ts';

/**
 * Every way of sending a picture, on every route that takes one: the picture itself, or an error that names
 * it.
 */

const EMBED = `${ORIGIN}/embeddings`;
const PICTURE_URL = 'https://pictures.example.com/photo';
const EDIT_SETTINGS = { OPENAI_BASE_URL: 'https://openai.example.com/v1', OPENAI_API_KEY: 'sk-host' };

interface Way {
  readonly name: string;
  /** What stands for a picture in JSON. */
  readonly item?: (bytes: Uint8Array) => unknown;
  readonly body?: (bytes: Uint8Array, fields: Fields) => Ask & { query?: string };
}

type Fields = Readonly<Record<string, string | readonly string[]>>;

const base64url = (bytes: Uint8Array) => bytes.toBase64({ alphabet: 'base64url', omitPadding: true });
const STRINGS: readonly Way[] = [
  { name: 'a data URL', item: (bytes) => `data:image/jpeg;base64,${bytes.toBase64()}` },
  { name: 'a data URL in capitals', item: (bytes) => `DATA:image/png;base64,${bytes.toBase64()}` },
  { name: 'a data URL without a type', item: (bytes) => `data:;base64,${bytes.toBase64()}` },
  { name: 'a data URL of bytes', item: (bytes) => `data:application/octet-stream;base64,${bytes.toBase64()}` },
  { name: 'a data URL after a line end', item: (bytes) => `\n data:image/png;base64,${bytes.toBase64()}\n` },
  { name: 'a data URL with escapes', item: (bytes) => `data:image/png;base64,${encodeURIComponent(bytes.toBase64())}` },
];
const BASE64: readonly Way[] = [
  { name: 'base64', item: (bytes) => bytes.toBase64() },
  { name: 'base64url', item: base64url },
  { name: 'base64 in lines', item: (bytes) => `\n${bytes.toBase64().replaceAll(/.{76}/g, '$&\n')}` },
];
const wrapped = (field: string, ways: readonly Way[]) =>
  ways.map(({ name, item }): Way => ({ name: `${name} as ${field}`, item: (bytes) => ({ [field]: item?.(bytes) }) }));
const OPENAI: Way = {
  name: 'a part of a content',
  item: (bytes) => ({ type: 'image_url', image_url: { url: `data:image/png;base64,${bytes.toBase64()}` } }),
};
const BY_URL: Way = { name: 'a URL as image', item: () => ({ image: PICTURE_URL }) };

const queryOf = (fields: Fields) =>
  new URLSearchParams(Object.entries(fields).flatMap(([name, all]) => [all].flat().map((value) => [name, value])));
const alone = (type: string): Way => ({
  name: `the body, as ${type}`,
  body: (bytes, fields) => ({ body: bytes, headers: { 'content-type': type }, query: `?${queryOf(fields)}` }),
});
const formOf = (field: string): Way => ({
  name: `the file ${field} of a form`,
  body(bytes, fields) {
    const form = new FormData();
    for (const [name, all] of Object.entries(fields)) for (const value of [all].flat()) form.append(name, value);
    form.append(field, new File([bytes], 'photo.jpg', { type: 'image/jpeg' }));
    return { body: form };
  },
});
const payloadOf = (field: string, refer: (place: string) => unknown = (image) => ({ image })): Way => ({
  name: 'a part that a payload refers to',
  body(bytes, fields) {
    const form = new FormData();
    form.append('payload', JSON.stringify({ ...fields, [field]: refer('attach://photo') }));
    form.append('photo', new File([bytes], 'photo.jpg'));
    return { body: form };
  },
});
const BODIES = [alone('image/jpeg'), alone('application/octet-stream')];

interface Case {
  readonly path: string;
  /** The JSON of a request with an item. */
  readonly json: (item: unknown) => object;
  /** The fields beside the picture, in a form or a query string. */
  readonly fields: Fields;
  readonly ways: readonly Way[];
  /** Where an error says that the picture is. */
  readonly param: string;
  readonly settings?: Ask['settings'];
}

const ITEMS = [...STRINGS, ...wrapped('image', [...STRINGS, ...BASE64]), OPENAI, BY_URL];
const CASES: readonly Case[] = [
  {
    path: '/v1/embeddings',
    json: (input) => ({ model: 'clip', input }),
    fields: { model: 'clip' },
    ways: [...ITEMS, ...BODIES, formOf('input'), formOf('input[]'), payloadOf('input')],
    param: 'input',
  },
  {
    path: '/v1/embeddings',
    json: (input) => ({ model: 'clip', modality: 'image', input: [input] }),
    fields: {},
    ways: [...STRINGS, ...BASE64, { name: 'a URL', item: () => PICTURE_URL }],
    param: 'input[0]',
  },
  {
    path: '/v1/similarity',
    json: (query) => ({ model: 'clip', query, documents: ['a'] }),
    fields: { model: 'clip', documents: ['a'] },
    ways: [...ITEMS, ...BODIES, formOf('query'), payloadOf('query')],
    param: 'query',
  },
  {
    path: '/v1/similarity',
    json: (document) => ({ model: 'clip', query: 'a', documents: ['b', document] }),
    fields: { model: 'clip', query: 'a', documents: 'b' },
    ways: [...ITEMS, formOf('documents'), formOf('documents[]')],
    param: 'documents[1]',
  },
  {
    path: '/v1/classify',
    json: (input) => ({ model: 'clip', input, labels: ['a', 'b'] }),
    fields: { model: 'clip', labels: ['a', 'b'] },
    ways: [...ITEMS, ...BODIES, formOf('input'), payloadOf('input')],
    param: 'input',
  },
  {
    path: '/v1/rerank',
    json: (query) => ({ model: 'clip', query, documents: ['a'] }),
    fields: { model: 'clip', documents: ['a'] },
    ways: [...ITEMS, ...BODIES, formOf('query'), payloadOf('query')],
    param: 'query',
  },
  {
    path: '/v1/classifiers',
    json: (input) => ({
      model: 'clip',
      examples: [
        { input: 'a', label: 'a' },
        { input, label: 'b' },
      ],
    }),
    fields: { model: 'clip' },
    ways: [
      ...ITEMS,
      payloadOf('examples', (image) => [
        { input: 'a', label: 'a' },
        { input: { image }, label: 'b' },
      ]),
    ],
    param: 'examples[1].input',
  },
  {
    path: '/v1/classifiers',
    json: (input) => ({ model: 'clip', examples: [{ input, label: 'b' }] }),
    fields: { model: 'clip', label: 'b' },
    ways: [...BODIES, formOf('input'), formOf('input[]')],
    param: 'input',
  },
  {
    path: '/v1/classifiers',
    json: (input) => ({ model: 'clip', examples: [{ input, label: 'b' }] }),
    fields: { model: 'clip', input: 'a text', label: ['a', 'b'] },
    ways: [formOf('input')],
    param: 'input[1]',
  },
  {
    path: '/models/clip',
    json: (inputs) => ({ inputs, parameters: { candidate_labels: ['a', 'b'] } }),
    fields: { candidate_labels: ['a', 'b'] },
    ways: [
      ...STRINGS,
      ...BASE64,
      { name: 'a URL', item: () => PICTURE_URL },
      ...wrapped('image', [...STRINGS, ...BASE64]),
      BY_URL,
      ...BODIES,
      formOf('inputs'),
    ],
    param: 'inputs',
  },
  {
    path: '/models/clip/pipeline/feature-extraction',
    json: (inputs) => ({ inputs }),
    fields: {},
    ways: [...STRINGS, ...BASE64],
    param: 'inputs',
  },
];

const EDIT_WAYS = [...BODIES, formOf('image'), formOf('image[]')];
const editOf = (item: unknown) => ({ model: 'gpt-image-2.6-sunburst', prompt: 'a hat', images: [{ image_url: item }] });

/** A host of CLIP that says which pictures it decodes. */
function clipThat(formats: readonly string[]) {
  const host = new ClipHost();
  const models: Host = () => Response.json({ object: 'list', data: [{ id: 'tiny-clip', formats }] });
  return { host, hosts: { [EMBED]: host.answer, [`${ORIGIN}/v1/models`]: models, [`${ORIGIN}/models`]: notFound } };
}
const notFound: Host = () => Response.json({ error: { message: 'no' } }, { status: 404 });

/** Sends it so that nothing is kept: each way must do its own work. */
function send({ path, json, fields, settings }: Case, way: Way, bytes: Uint8Array): Promise<Response> {
  const { query = '', ...rest } = way.body?.(bytes, fields) ?? { json: json(way.item?.(bytes)) };
  const headers = { 'cache-control': 'no-store', ...rest.headers };
  return ask(path + query, { ...rest, headers, ...(settings && { settings }) });
}

const HEIC = heifOf('heic', 640, 480);
const AVIF = heifOf('avif', 640, 480);
const SVG = OTHER_FILES.find(([name]) => name === 'SVG')?.[1] ?? PNG;
const JXL = OTHER_FILES.find(([name]) => name === 'JPEG XL')?.[1] ?? PNG;

describe.each(CASES)('$path takes a picture as', (route) => {
  it.each(route.ways)('$name, and nothing else as a picture', async (way) => {
    let served = PNG;
    const { host, hosts } = clipThat(['png', 'jpeg', 'webp', 'gif', 'avif']);
    serve({ ...hosts, [PICTURE_URL]: () => new Response(served) });
    for (const bytes of [PNG, AVIF]) {
      served = bytes;
      host.seen.length = 0;
      const answer = await send(route, way, bytes);
      expect(answer.status, await answer.text()).toBe(200);
      expect(host.seen.filter((seen) => seen.startsWith('image:'))).toEqual([`image:${bytes.toBase64()}`]);
      expect(host.seen.filter((seen) => seen.length > 40 && seen.startsWith('text:'))).toEqual([]);
    }
    const refused = [
      [HEIC, 'is a HEIC picture, as iPhones save them; send JPEG, PNG, WebP or GIF.'],
      [SVG, 'is an SVG drawing; send'],
      [JXL, 'is a JPEG XL picture; send'],
    ] as const;
    for (const [bytes, reason] of refused) {
      served = bytes;
      host.seen.length = 0;
      const answer = await send(route, way, bytes);
      const text = await answer.text();
      const { error, ...flat } = JSON.parse(text);
      const failure = typeof error === 'string' ? { ...flat, message: error } : error;
      expect(failure, text).toMatchObject({ code: 'invalid_picture', param: route.param });
      expect(failure.message).toContain(`\`${route.param}\` ${reason}`);
      expect(host.seen).toEqual([]);
    }
  });
});

describe('/v1/images/edits takes a picture as', () => {
  const ways = [
    ...STRINGS,
    ...BASE64,
    { name: 'a URL', item: () => PICTURE_URL },
    ...EDIT_WAYS,
  ] satisfies readonly Way[];

  it.each<Way>(ways)('$name, and nothing else as a picture', async (way) => {
    let served = PNG;
    const { requests } = serve({
      [EDIT_SETTINGS.OPENAI_BASE_URL]: () => Response.json({ data: [{ b64_json: PNG.toBase64() }] }),
      [PICTURE_URL]: () => new Response(served),
    });
    const route = {
      path: '/v1/images/edits',
      json: editOf,
      fields: { model: 'gpt-image-2.6-sunburst', prompt: 'a hat' },
      ways: [],
      param: 'images[0]',
      settings: EDIT_SETTINGS,
    };
    const answer = await send(route, way, PNG);
    expect(answer.status, await answer.text()).toBe(200);
    const form = await requests.find(({ url }) => url.endsWith('/images/edits'))?.formData();
    expect(new Uint8Array((await (form?.get('image') as unknown as File)?.arrayBuffer()) ?? [])).toEqual(PNG);
    for (const [bytes, reason] of [
      [HEIC, 'is a HEIC picture, as iPhones save them'],
      [AVIF, 'is an AVIF picture'],
      [SVG, 'is an SVG drawing'],
    ] as const) {
      served = bytes;
      const refused = await send(route, way, bytes);
      const { error } = (await refused.json()) as { error: object };
      const param = way.body ? 'image' : 'images[0]';
      const message = expect.stringContaining(`\`${param}\` ${reason}`);
      expect(error).toMatchObject({ code: 'invalid_picture', param, message });
    }
  });
});

describe('a picture in a format that not every host decodes', () => {
  it.each([
    ['HEIC', HEIC],
    ['AVIF', AVIF],
    ['TIFF', tiffOf(640, 480)],
    ['BMP', bmpOf(640, 480)],
  ])('goes to the host that says it does, and is refused by name otherwise: %s', async (name, bytes) => {
    const json = { model: 'clip', input: ['a', { image: bytes.toBase64() }] };
    const decoding = clipThat([name.toLowerCase()]);
    const { requests } = serve(decoding.hosts);
    expect((await ask('/v1/embeddings', { json })).status).toBe(200);
    expect(decoding.host.seen).toContain(`image:${bytes.toBase64()}`);
    // It is asked once.
    await ask('/v1/embeddings', { json, headers: { 'cache-control': 'no-store' } });
    expect(requests.filter(({ url }) => url.endsWith('/v1/models'))).toHaveLength(1);
  });

  it('is refused before the host is paid for the rest, if nothing says that it decodes it', async () => {
    for (const hosts of [clipThat([]).hosts, { [`${ORIGIN}/models`]: notFound, [`${ORIGIN}/v1/models`]: notFound }]) {
      const { requests } = serve(hosts);
      const answer = await ask('/v1/embeddings', {
        json: { model: 'clip', input: ['a', { image: AVIF.toBase64() }] },
        headers: { 'cache-control': 'no-store' },
      });
      expect((await answer.json()) as object).toMatchObject({
        error: { param: 'input[1]', message: '`input[1]` is an AVIF picture; send JPEG, PNG, WebP or GIF.' },
      });
      expect(requests.filter(({ method }) => method === 'POST')).toEqual([]);
    }
  });
});

describe('a picture that a host rejects', () => {
  const rejecting =
    (param: string | undefined, code = 'invalid_image'): Host =>
    () =>
      Response.json(
        { error: { message: `"${param}" is damaged`, type: 'invalid_request_error', param, code } },
        { status: 400 },
      );
  const pictures = Array.from({ length: 4 }, (_, i) => ({ image: pngOf(5, 5, `${i}`).toBase64() }));

  it.each([
    ['/v1/embeddings', { model: 'clip', input: pictures }, 'input[3]'],
    ['/v1/similarity', { model: 'clip', query: 'a', documents: pictures }, 'documents[3]'],
    ['/v1/classify', { model: 'clip', input: pictures, labels: ['a'] }, 'input[3]'],
    ['/v1/rerank', { model: 'clip', query: 'a', documents: pictures }, 'documents[3]'],
    ['/v1/similarity', { model: 'clip', query: pictures.slice(1), documents: pictures.slice(0, 3) }, 'query[2]'],
  ])('is the one that the caller is told of, whatever the cache has of the others: %s', async (path, json, param) => {
    const { host, hosts } = clipThat([]);
    serve(hosts);
    await ask('/v1/embeddings', { json: { model: 'clip', input: ['a', 'a photo of a a', ...pictures.slice(0, 3)] } });
    expect(host.requests).toBeGreaterThan(0);
    serve({ [EMBED]: rejecting('input[0]') });
    const answer = await ask(path, { json });
    expect(answer.status).toBe(400);
    const { error } = (await answer.json()) as { error: { message: string } };
    expect(error).toMatchObject({ code: 'invalid_picture', param });
    expect(error.message).toContain(`\`${param}\` is damaged`);
    expect(error.message).not.toContain('input[0]');
  });

  it('is the field itself if it is the only one, and the list if the host does not say which', async () => {
    serve({ [EMBED]: rejecting('input') });
    const only = await ask('/v1/similarity', { json: { model: 'clip', query: pictures[0], documents: ['a'] } });
    // The texts come first.
    expect((await only.json()) as object).toMatchObject({
      error: { param: expect.stringMatching(/^(query|documents\[0\])$/) },
    });
    const one = await ask('/v1/embeddings', { json: { model: 'clip', input: pictures[0] } });
    expect((await one.json()) as object).toMatchObject({ error: { code: 'invalid_picture', param: 'input' } });
    const several = await ask('/v1/embeddings', { json: { model: 'clip', input: pictures } });
    expect((await several.json()) as object).toMatchObject({ error: { code: 'invalid_picture', param: 'input' } });
  });

  it('is named by FastAPI with a path, and at Hugging Face’s tasks by the caller’s own name', async () => {
    const detail = [{ loc: ['body', 'input', 'list[str]', 1], msg: 'bad' }];
    serve({ [EMBED]: () => Response.json({ detail }, { status: 422 }) });
    const answer = await ask('/v1/embeddings', { json: { model: 'clip', input: pictures } });
    expect((await answer.json()) as object).toMatchObject({ error: { code: 'upstream_rejected', param: 'input[1]' } });
    const hub = await ask('/models/clip', {
      json: { inputs: pictures[0], parameters: { candidate_labels: ['a'] } },
    });
    expect((await hub.json()) as object).toMatchObject({ code: 'upstream_rejected' });
  });

  it('is the one of an edit', async () => {
    serve({ [EDIT_SETTINGS.OPENAI_BASE_URL]: rejecting('image', 'invalid_image_format') });
    const json = editOf(PNG.toBase64());
    const answer = await ask('/v1/images/edits', { json, settings: EDIT_SETTINGS });
    expect((await answer.json()) as object).toMatchObject({ error: { code: 'invalid_picture', param: 'images[0]' } });
  });

  it.each([
    ['image', 'images[0]'],
    ['mask', 'mask'],
    // It can be either.
    [undefined, null],
  ])('is the one of an edit with a mask that the host means by %s', async (param, named) => {
    serve({ [EDIT_SETTINGS.OPENAI_BASE_URL]: rejecting(param, 'invalid_image_format') });
    const json = { ...editOf(PNG.toBase64()), mask: { image_url: PNG.toBase64() } };
    const answer = await ask('/v1/images/edits', { json, settings: EDIT_SETTINGS });
    expect((await answer.json()) as object).toMatchObject({ error: { param: named } });
  });

  it('has the name of its part in a late event, too', async () => {
    const host = rejecting('image[1]', 'invalid_image_format');
    serve({
      [EDIT_SETTINGS.OPENAI_BASE_URL]: async (request) => {
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        return host(request);
      },
    });
    const form = new FormData();
    for (const [name, value] of Object.entries({ model: editOf('').model, prompt: 'x', stream: 'true' }))
      form.set(name, value);
    for (const name of ['a', 'b']) form.append('image[]', new File([PNG], `${name}.png`, { type: 'image/png' }));
    const settings = { ...EDIT_SETTINGS, KEEPALIVE_SECONDS: '1' };
    const answer = await ask('/v1/images/edits', { body: form, settings });
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(text).toMatch(/^: keepalive/);
    expect(JSON.parse(text.slice(text.indexOf('{')))).toMatchObject({
      error: { code: 'invalid_picture', param: 'image[1]', message: expect.stringContaining('`image[1]`') },
    });
  });
});

describe('a text', () => {
  it.each([
    ['that mentions pictures', 'data: none. Is data:image a word'],
    ['of a path', '/workspace/project/source/components/buttons/round/large'],
    ['of base64 that is no picture', 'QUJD'.repeat(30)],
    ['of a URL', 'https://pictures.example.com/photo.jpg'],
    ['that begins as a bitmap does', `BMW ${'x'.repeat(100)}`],
  ])('%s stays a text', async (_, text) => {
    const { host, hosts } = clipThat([]);
    serve(hosts);
    expect((await ask('/v1/embeddings', { json: { model: 'clip', input: text } })).status).toBe(200);
    expect(host.seen).toEqual([`text:${text}`]);
  });

  it('that is the base64 of a picture is refused with what to send, or read if it says that it is a text', async () => {
    const { host, hosts } = clipThat([]);
    serve(hosts);
    const text = pngOf(5, 5, 'x'.repeat(100)).toBase64();
    for (const [path, json, param] of [
      ['/v1/embeddings', { model: 'clip', input: ['a', text] }, 'input[1]'],
      ['/v1/similarity', { model: 'clip', query: text, documents: ['a'] }, 'query'],
      ['/v1/rerank', { model: 'clip', query: 'a', documents: [text] }, 'documents[0]'],
    ] as const) {
      const answer = await ask(path, { json });
      expect((await answer.json()) as object).toMatchObject({
        error: { code: 'invalid_parameter', param, message: expect.stringContaining('Send it as {"image": "..."}') },
      });
    }
    expect(host.seen).toEqual([]);
    expect((await ask('/v1/embeddings', { json: { model: 'clip', input: { text } } })).status).toBe(200);
    expect(host.seen).toEqual([`text:${text}`]);
  });

  it.each([
    [{ modality: 'image', input: ['no picture'] }, 'invalid_picture', 'input[0]'],
    [{ modality: 'image', input: [{ text: 'a' }] }, 'invalid_parameter', 'input[0]'],
    [{ modality: 'text', input: `data:image/png;base64,${PNG.toBase64()}` }, 'invalid_parameter', 'input'],
    [{ modality: 'text', input: { image: PNG.toBase64() } }, 'invalid_parameter', 'input'],
    [{ modality: 'audio', input: 'a' }, 'invalid_parameter', 'modality'],
  ])('is not what a modality says it is not: %j', async (json, code, param) => {
    serve({});
    const answer = await ask('/v1/embeddings', { json: { model: 'clip', ...json } });
    expect((await answer.json()) as object).toMatchObject({ error: { code, param } });
  });
});

describe('a large picture', () => {
  /** 2.3 MB as JSON: from 2 MiB on, large strings stay in the bytes of a body. */
  const large = pngOf(5, 5, 'x'.repeat(1_700_000));
  const huge = pngOf(5, 5, 'x'.repeat(5_000_000));

  it.each([
    ['/v1/embeddings', 'input', `data:image/png;base64,${large.toBase64()}`],
    ['/v1/embeddings', 'input', `data:;base64,${large.toBase64()}`],
    ['/v1/embeddings', 'input', `data:image/png;base64,${base64url(large)}`],
    ['/v1/embeddings', 'input', { image: base64url(large) }],
    ['/models/clip', 'inputs', large.toBase64()],
    ['/models/clip', 'inputs', `data:image/png;base64,${large.toBase64()}`],
  ])('is read from the bytes of a body as a small one is: %s %s', async (path, field, item) => {
    const { host, hosts } = clipThat([]);
    serve(hosts);
    const json = {
      model: 'clip',
      [field]: item,
      ...(field === 'inputs' && { parameters: { candidate_labels: ['a'] } }),
    };
    const answer = await ask(path, { json, headers: { 'cache-control': 'no-store' } });
    expect(answer.status, await answer.text()).toBe(200);
    expect(host.seen.includes(`image:${large.toBase64()}`)).toBe(true);
  });

  it('is also read with the slashes that some writers of JSON escape', async () => {
    const { host, hosts } = clipThat([]);
    serve(hosts);
    const json = JSON.stringify({ model: 'clip', input: `data:image/png;base64,${large.toBase64()}` });
    const body = json.replaceAll('/', '\\/');
    const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
    expect((await ask('/v1/embeddings', { body, headers })).status).toBe(200);
    expect(host.seen.includes(`image:${large.toBase64()}`)).toBe(true);
  });

  it('of 6.7 MB in base64 is no text of a body, wherever it stands', async () => {
    const { host, hosts } = clipThat([]);
    serve(hosts);
    const parameters = { candidate_labels: ['a'] };
    for (const [path, json] of [
      ['/models/clip', { inputs: huge.toBase64(), parameters }],
      ['/v1/embeddings', { model: 'clip', modality: 'image', input: huge.toBase64() }],
      ['/v1/embeddings', { model: 'clip', input: `data:image/png;base64,${huge.toBase64()}` }],
    ] as const) {
      const answer = await ask(path, { json, headers: { 'cache-control': 'no-store' } });
      expect(answer.status, await answer.text()).toBe(200);
    }
    expect(host.seen.filter((seen) => seen.startsWith('image:'))).toHaveLength(3);
  });

  it('of a phone that is too large is refused with a word on how to shrink it', async () => {
    const bytes = pngOf(5, 5, 'x'.repeat(11 * 1024 * 1024));
    const headers = { 'content-type': 'image/jpeg' };
    const refused = await ask('/v1/embeddings?model=clip', { body: bytes, headers });
    expect((await refused.json()) as object).toMatchObject({
      error: {
        code: 'invalid_picture',
        message:
          '`input` has 11.1 MiB; at most 10 MiB are allowed. Shrink it first: as a JPEG whose longer side has 2,048 pixels it has about 1 MB.',
      },
    });
    const tooLarge = await ask('/v1/embeddings?model=clip', { body: new Uint8Array(15 * 1024 * 1024), headers });
    expect((await tooLarge.json()) as object).toMatchObject({
      error: { code: 'body_too_large', message: expect.stringContaining('Shrink large pictures first') },
    });
  });
});
