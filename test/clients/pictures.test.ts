import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FILES, file, type PictureFile } from '../pictures/files.ts';
import { type Gateway, LOCAL_KEY } from '../support/gateway.ts';
import { isSoak } from '../support/soak.ts';
import { startStack } from '../support/stack.ts';

/** The files of docs/pictures.md, sent in every way to every route of the whole program. */

let stack: Gateway;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

interface Sent {
  readonly query?: string;
  readonly json?: object;
  readonly body?: RequestInit['body'];
  readonly type?: string;
}

async function send(path: string, { query = '', json, body, type }: Sent) {
  const contentType = json ? 'application/json' : type;
  const answer = await fetch(stack.url + path + query, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${LOCAL_KEY}`,
      ...(contentType && { 'content-type': contentType }),
    },
    body: json ? JSON.stringify(json) : (body ?? null),
  });
  return { status: answer.status, answer: JSON.parse(await answer.text()) };
}

function formOf(fields: Record<string, string | Blob>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}

/** Each way of sending one picture to /v1/embeddings. */
const WAYS: Readonly<Record<string, (bytes: Buffer<ArrayBuffer>, type: string) => Sent>> = {
  base64: (bytes) => ({ json: { model: 'clip', input: { image: bytes.toString('base64') } } }),
  base64url: (bytes) => ({ json: { model: 'clip', input: { image: bytes.toString('base64url') } } }),
  'data URL': (bytes, type) => ({
    json: { model: 'clip', input: `data:${type};base64,${bytes.toString('base64')}` },
  }),
  'data URL of another type': (bytes) => ({
    json: { model: 'clip', input: { image: `data:image/jpeg;base64,${bytes.toString('base64')}` } },
  }),
  modality: (bytes) => ({ json: { model: 'clip', modality: 'image', input: bytes.toString('base64') } }),
  body: (bytes, type) => ({ query: '?model=clip', body: bytes, type: type.startsWith('image/') ? type : 'image/png' }),
  'body of bytes': (bytes) => ({ query: '?model=clip', body: bytes, type: 'application/octet-stream' }),
  form: (bytes) => ({ body: formOf({ model: 'clip', input: new Blob([bytes]) }) }),
  payload: (bytes) => {
    const payload = JSON.stringify({ model: 'clip', input: { image: 'attach://photo' } });
    return { body: formOf({ payload, photo: new Blob([bytes]) }) };
  },
};

/** One request to each other route, with the place of the picture. */
const ROUTES: readonly (readonly [path: string, param: string, (bytes: Buffer<ArrayBuffer>) => Sent])[] = [
  [
    '/v1/similarity',
    'query',
    (bytes) => ({ body: formOf({ model: 'clip', query: new Blob([bytes]), documents: 'a' }) }),
  ],
  [
    '/v1/similarity',
    'documents[1]',
    (bytes) => ({
      json: { model: 'clip', query: 'a', documents: ['b', { image: bytes.toString('base64') }] },
    }),
  ],
  ['/v1/classify', 'input', (bytes) => ({ body: formOf({ input: new Blob([bytes]), labels: 'a' }) })],
  [
    '/v1/rerank',
    'documents[0]',
    (bytes) => ({ json: { model: 'clip', query: 'a', documents: [{ image: bytes.toString('base64') }] } }),
  ],
  [
    '/v1/classifiers',
    'examples[1].input',
    (bytes) => ({
      json: {
        model: 'clip',
        examples: [
          { input: 'a', label: 'a' },
          { input: { image: bytes.toString('base64') }, label: 'b' },
        ],
      },
    }),
  ],
  [
    '/models/clip',
    'inputs',
    (bytes) => ({ json: { inputs: bytes.toString('base64'), parameters: { candidate_labels: ['a'] } } }),
  ],
];

function failureOf(answer: { error: string | object }): object {
  return typeof answer.error === 'string' ? { ...answer, message: answer.error } : answer.error;
}

const REASONS: Readonly<Record<Exclude<PictureFile['verdict'], 'picture'>, RegExp>> = {
  cut: /cut off/,
  damaged: /damaged|cut off|not a picture|HEIC|AVIF/,
  other: /send JPEG, PNG, WebP or GIF/,
};

/** One of each format: where a picture is an item, the other routes treat all alike. */
const ONE_OF_EACH = new Set(
  FILES.filter(({ format, verdict }, i) => {
    const same = (other: PictureFile) => other.format === format && other.verdict === verdict;
    return verdict === 'picture' && FILES.findIndex(same) === i;
  }),
);

/** The others in `npm run soak`. */
const SOME = isSoak ? FILES : FILES.filter((one, i) => ONE_OF_EACH.has(one) || i % 4 === 0);

describe.each(SOME)('$name', (sample) => {
  const { bytes: read, type, verdict } = sample;
  if (verdict === 'picture') {
    test('has one vector, however it is sent', async () => {
      const bytes = (await read()) as Buffer<ArrayBuffer>;
      const vectors = new Map<string, string>();
      for (const [name, way] of Object.entries(WAYS)) {
        const { status, answer } = await send('/v1/embeddings', way(bytes, type));
        expect(status, `${name}: ${JSON.stringify(answer)}`).toBe(200);
        vectors.set(answer.data[0].embedding.join(), name);
        // The same item: only its first way costs anything.
        expect(answer.usage.cache_misses, name).toBe(name === 'base64' ? 1 : 0);
      }
      expect([...vectors.values()]).toHaveLength(1);
    });

    if (!ONE_OF_EACH.has(sample)) return;
    test('is taken by every route', async () => {
      const bytes = (await read()) as Buffer<ArrayBuffer>;
      for (const [path, , sent] of ROUTES.filter(([path]) => path !== '/v1/classifiers')) {
        const { status, answer } = await send(path, sent(bytes));
        expect(status, `${path}: ${JSON.stringify(answer)}`).toBe(200);
      }
    });
    return;
  }

  test('is refused by every route with its reason, however it is sent', async () => {
    const bytes = (await read()) as Buffer<ArrayBuffer>;
    const all = [
      ...Object.values(WAYS).map((way) => ['/v1/embeddings', 'input', way(bytes, type)] as const),
      ...ROUTES.map(([path, param, sent]) => [path, param, sent(bytes)] as const),
    ];
    for (const [path, param, sent] of all) {
      const { status, answer } = await send(path, sent);
      expect(status, `${path}: ${JSON.stringify(answer)}`).toBe(400);
      const expected = { code: 'invalid_picture', param, message: expect.stringMatching(REASONS[verdict]) };
      expect(failureOf(answer), path).toMatchObject(expected);
    }
  });
});

test('the picture that is blamed is the one that is damaged, whatever the cache has', async () => {
  const image = async (name: string) => ({ image: (await file(name).bytes()).toString('base64') });
  const good = await Promise.all(['grey PNG', 'stripes', 'zone plate'].map(image));
  const cut = await image('JPEG cut off after half');
  await send('/v1/embeddings', { json: { model: 'clip', input: good.slice(0, 2) } });
  const documents = [...good.slice(0, 2), 'a text', good[2], cut];
  const { answer } = await send('/v1/similarity', { json: { model: 'clip', query: 'a', documents } });
  expect(answer.error).toMatchObject({ code: 'invalid_picture', param: 'documents[4]' });
});
