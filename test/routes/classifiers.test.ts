import { listDurableObjectIds, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it, vi } from 'vitest';
import { floatStream } from '../../src/base/bytes/floats.ts';
import { MAX_ITEMS } from '../../src/base/sizes.ts';
import type { Env } from '../../src/settings/settings.ts';
import { ClassifierStore, newUploadId } from '../../src/vectors/classifiers/classifier-store.ts';
import type { Classifiers } from '../../src/vectors/classifiers/classifiers.ts';
import { ClipHost } from '../support/clip-host.ts';
import { bearer, createKey } from '../support/keys.ts';
import { PNG } from '../support/pictures.ts';
import { type Ask, ask, bindings, errorOf, ORIGIN, serve } from '../support/worker.ts';

const PATH = '/v1/classifiers';
const EMBED = `${ORIGIN}/embeddings`;
const picture = { image: PNG.toBase64() };
const EXAMPLES = [
  { input: 'one', label: 'A' },
  { input: 'two', label: 'A' },
  { input: picture, label: 'B' },
  { input: { type: 'text', text: 'four' }, label: 'B' },
];

interface Answer {
  id: string;
  examples: number;
  labels: { label: string; examples: number }[];
  leave_one_out: { examples: number; accuracy: number | null; confusion?: number[][] };
  usage?: { cache_hits: number; cache_misses: number };
}
interface Classified {
  model: string;
  classifier_id: string;
  data: { prediction: string; score: number; predictions: { label: string; score: number; cosine: number | null }[] }[];
}

async function json<T>(answer: Response | Promise<Response>): Promise<T> {
  const settled = await answer;
  expect(settled.status, await settled.clone().text()).toBe(200);
  return (await settled.json()) as T;
}
const create = (body: object = {}, more: Ask = {}) =>
  ask(PATH, { json: { name: 'mine', examples: EXAMPLES, ...body }, ...more });
const created = (body?: object, more?: Ask) => json<Answer>(create(body, more));
const patch = (id: string, body: object, more: Ask = {}) =>
  ask(`${PATH}/${id}`, { method: 'PATCH', json: body, ...more });
const classify = (id: string, body: object = { input: 'one' }, more: Ask = {}) =>
  ask('/v1/classify', { json: { classifier_id: id, ...body }, ...more });
const object = (account = 'operator') =>
  (bindings.CLASSIFIERS as DurableObjectNamespace<Classifiers>).getByName(account);

describe('POST /v1/classifiers', () => {
  it('learns from texts and pictures, and says what leave-one-out finds', async () => {
    const host = new ClipHost();
    serve({ [EMBED]: host.answer });
    const classifier = await created();
    expect(classifier).toMatchObject({
      id: expect.stringMatching(/^cls_[\da-f]{32}$/),
      object: 'classifier',
      name: 'mine',
      model: 'tiny-clip',
      method: 'auto',
      examples: 4,
      labels: [
        { label: 'A', examples: 2 },
        { label: 'B', examples: 2 },
      ],
      leave_one_out: { examples: 4, accuracy: expect.any(Number) },
      // Four examples, and the texts of two labels.
      usage: { cache_misses: 6 },
    });
    const { confusion = [], accuracy } = classifier.leave_one_out;
    expect(confusion.map((row) => row.reduce((sum, n) => sum + n))).toEqual([2, 2]);
    expect(accuracy).toBe(((confusion[0]?.[0] ?? 0) + (confusion[1]?.[1] ?? 0)) / 4);
    expect(host.seen).toContain('text:a photo of a A');
    const { usage, ...rest } = classifier;
    expect(await json(ask(`${PATH}/${classifier.id}`))).toEqual(rest);
  });

  it('asks no host for examples that are in the cache', async () => {
    const host = new ClipHost();
    serve({ [EMBED]: host.answer });
    await created();
    const { length } = host.seen;
    expect((await created()).usage).toMatchObject({ cache_hits: 6, cache_misses: 0 });
    expect(host.seen).toHaveLength(length);
  });

  it('accepts pictures as parts of a multipart body', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const body = new FormData();
    const examples = [{ input: { image: 'attach://p' }, label: 'A' }, ...EXAMPLES];
    body.set('payload', JSON.stringify({ examples }));
    body.set('p', new Blob([PNG], { type: 'image/png' }), 'p');
    expect(await json<Answer>(ask(PATH, { body }))).toMatchObject({ examples: 5, name: '' });
  });

  it('accepts a form of inputs and labels, one label for all or one for each', async () => {
    const host = new ClipHost();
    serve({ [EMBED]: host.answer });
    const form = (labels: string[]) => {
      const body = new FormData();
      for (const label of labels) body.append('label', label);
      body.append('input', 'a text');
      body.append('input', new File([PNG], 'photo.png'));
      body.append('name', '7');
      return body;
    };
    const each = await json<Answer>(ask(PATH, { body: form(['42', 'true']) }));
    expect(each.labels.map(({ label }) => label)).toEqual(['42', 'true']);
    const all = await json<Answer>(ask(`${PATH}/${each.id}`, { method: 'PATCH', body: form(['42']) }));
    expect(all.labels).toEqual([
      { label: '42', examples: 3 },
      { label: 'true', examples: 1 },
    ]);
    expect(host.seen.filter((seen) => seen.startsWith('image:'))).toEqual([`image:${PNG.toBase64()}`]);
  });

  it.each([
    [['a', 'b', 'c'], ['x', 'y'], 'label', 'it appears 2 times'],
    [['a'], [], 'label', 'it appears 0 times'],
    [['a', ''], ['x', 'y'], 'input[1]', '`input[1]` must not be empty'],
    [['a', 'b'], ['x', ''], 'label[1]', '`label[1]`'],
    [['a'], [''], 'label', '`label`'],
    [[], [], 'input', '`input`'],
  ])('names the part of a form that is wrong: %j, %j', async (inputs, labels, param, message) => {
    serve({ [EMBED]: new ClipHost().answer });
    const body = new FormData();
    for (const input of inputs as string[]) body.append('input', input);
    for (const label of labels as string[]) body.append('label', label);
    body.append('model', 'clip');
    const answer = await ask(PATH, { body });
    expect(answer.status).toBe(400);
    const error = await errorOf(answer);
    expect(error).toMatchObject({ code: 'invalid_parameter', param });
    expect(error.message).toContain(message);
  });

  it('does not use the texts of labels in a space of texts only', async () => {
    const host = new ClipHost(8);
    serve({ 'https://host.example.com/v1/embeddings': host.answer });
    const settings = { OPENAI_BASE_URL: 'https://host.example.com/v1' };
    const examples = ['x', 'y', 'z'].map((input, i) => ({ input, label: `label ${i % 2}` }));
    const { usage } = await created({ model: 'openai/some', examples }, { settings });
    expect(usage).toMatchObject({ cache_misses: 3 });
  });

  it('allows two with one name: the id tells them apart', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const [one, two] = [await created(), await created()];
    expect(one.id).not.toBe(two.id);
    const { data } = await json<{ data: Answer[] }>(ask(PATH));
    expect(data.map(({ id }) => id).sort()).toEqual([one.id, two.id].sort());
    expect(data[0]?.leave_one_out).toEqual({ examples: 4, accuracy: expect.any(Number) });
  });

  it('is recorded once for an idempotency key', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const headers = { 'idempotency-key': 'one' };
    const [one, two] = [await created({}, { headers }), await created({}, { headers })];
    expect(one.id).toBe(two.id);
    expect((await json<{ data: [] }>(ask(PATH))).data).toHaveLength(1);
  });

  it.each([
    [{ examples: [] }, 'examples'],
    [{ examples: [{ input: 'x', label: '' }] }, 'examples[0].label'],
    [{ examples: [{ input: 'x', label: 7 }] }, 'examples[0].label'],
    [{ examples: [{ input: 'x' }] }, 'examples[0].label'],
    [{ examples: [{ input: 'x', label: ['a', 'b'] }] }, 'examples[0].label'],
    [{ examples: [{ label: 'a' }] }, 'examples[0].input'],
    [{ examples: [...EXAMPLES, { input: '', label: 'a' }] }, 'examples[4].input'],
    [{ examples: [...EXAMPLES, { input: { image: 'AAAA' }, label: 'a' }] }, 'examples[4].input'],
    [{ method: 'forest' }, 'method'],
    [{ model: 'text' }, 'model'],
    [{ model: 'none' }, 'model'],
    [{ labels: ['a'] }, 'labels'],
    [{ examples: new Array(MAX_ITEMS + 1).fill({ input: 'x', label: 'a' }) }, 'examples'],
    [{ examples: Array.from({ length: 201 }, (_, i) => ({ input: 'x', label: `${i}` })) }, 'examples'],
  ])('rejects %o', async (body, param) => {
    serve({ [EMBED]: new ClipHost().answer });
    const answer = await create(body);
    expect([answer.status === 400 || answer.status === 404, (await errorOf(answer)).param]).toEqual([true, param]);
    expect((await json<{ data: [] }>(ask(PATH))).data).toEqual([]);
  });

  it('stores nothing if its vectors do not arrive, or training fails, and goes on', async () => {
    // The larger one is stored while it arrives: a row has room for 2,048 vectors.
    for (const count of [1, 2_500]) {
      const dimensions = 128;
      const labels = new Array<string>(count).fill('a');
      const batch = { model: 'm', space: 's', dimensions, labels, texts: ['a'], sources: [] };
      const vectorsOf = (length: number) => floatStream([new Float32Array(length * dimensions).fill(0.1)]);
      await runInDurableObject(object(), async (instance, { storage }) => {
        const create = (length: number, name: unknown = '') =>
          instance.create(name as string, 'prototype', { ...batch, vectors: vectorsOf(length) });
        const stored = () => storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'vector'").toArray();
        await expect(create(count)).rejects.toThrow('too early');
        expect(stored()).toEqual([]);
        // A name that is not JSON: it is only written after the training.
        await expect(create(count + 1, 1n)).rejects.toThrow('BigInt');
        expect(instance.list()).toEqual([]);
        const { id } = (await create(count + 1)) as { id: string };
        const rows = () => storage.sql.exec('SELECT classifier, kind, piece FROM vector').toArray();
        const before = rows();
        expect(new Set(before.map(({ classifier }) => classifier))).toEqual(new Set([id]));
        await expect(create(count)).rejects.toThrow('too early');
        expect(rows()).toEqual(before);
        await instance.remove(id);
        expect(stored()).toEqual([]);
      });
    }
  });

  it('removes what an earlier process has not received whole', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    await created();
    await runInDurableObject(object(), (_, { storage: { sql } }) => {
      const rows = () => sql.exec('SELECT classifier, kind, piece FROM vector').toArray();
      const before = rows();
      sql.exec("INSERT INTO vector VALUES (?, 'example', 0, x'00')", newUploadId());
      expect(rows()).not.toEqual(before);
      new ClassifierStore(sql);
      expect(rows()).toEqual(before);
    });
  });

  it('is refused when a key has as many as the setting allows', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const { id } = await created();
    await runInDurableObject(object(), (instance) => {
      Object.assign(instance, { env: { ...bindings, CLASSIFIERS_PER_CALLER: '1' } });
    });
    const answer = await create();
    expect([answer.status, answer.headers.get('x-should-retry')]).toEqual([429, 'false']);
    expect((await errorOf(answer)).code).toBe('classifier_limit_exceeded');
    await json(ask(`${PATH}/${id}`, { method: 'DELETE' }));
    await created();
  });
});

describe('PATCH /v1/classifiers/{id}', () => {
  it('adds examples of known and new labels, and trains from all', async () => {
    const host = new ClipHost();
    serve({ [EMBED]: host.answer });
    const { id } = await created();
    const whole = await created({
      examples: [...EXAMPLES, { input: 'five', label: 'C' }, { input: 'six', label: 'A' }],
    });
    const examples = [
      { input: 'five', label: 'C' },
      { input: 'six', label: 'A' },
    ];
    const updated = await json<Answer>(patch(id, { examples }));
    expect(updated.leave_one_out).toEqual(whole.leave_one_out);
    expect(updated.labels).toEqual(whole.labels);
    const [one, two] = [await json<Classified>(classify(id)), await json<Classified>(classify(whole.id))];
    expect(one.data).toEqual(two.data);
  });

  it('changes name and method without asking a host', async () => {
    const { requests } = serve({ [EMBED]: new ClipHost().answer });
    const { id } = await created({ method: 'prototype' });
    const before = requests.length;
    expect(await json(patch(id, { name: 'yours' }))).toMatchObject({ name: 'yours', trained_method: 'prototype' });
    expect(await json(patch(id, { method: 'ridge' }))).toMatchObject({ name: 'yours', trained_method: 'ridge' });
    expect(requests).toHaveLength(before);
    expect((await errorOf(await patch(id, { model: 'clip' }))).param).toBe('model');
    const { data } = await json<Classified>(classify(id));
    expect(data[0]?.predictions.every(({ cosine }) => cosine === null)).toBe(true);
  });

  it('loses no examples when many come at once', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const { id } = await created();
    const many = Array.from({ length: 8 }, (_, i) =>
      patch(id, { examples: [{ input: `new ${i}`, label: `L${i % 3}` }] }),
    );
    for (const answer of await Promise.all(many)) expect(answer.status).toBe(200);
    expect(await json(ask(`${PATH}/${id}`))).toMatchObject({
      examples: 12,
      labels: expect.arrayContaining([
        { label: 'L0', examples: 3 },
        { label: 'L2', examples: 2 },
      ]),
    });
    const stored = await runInDurableObject(object(), (_, state) =>
      state.storage.sql
        .exec<{ count: number }>("SELECT length(numbers) / (4 * 96) AS count FROM vector WHERE kind = 'example'")
        .toArray(),
    );
    // In one row: it has room for thousands.
    expect(stored).toEqual([{ count: 12 }]);
  });

  it('refuses more examples than a classifier can have before it asks a host', async () => {
    const host = new ClipHost(96);
    serve({ [EMBED]: host.answer });
    const { id } = await created({ method: 'prototype' });
    // The same text again and again costs one vector.
    const batch = (length: number) => ({ examples: new Array(length).fill({ input: 'again', label: 'A' }) });
    for (let i = 0; i < 4; i++) await json(patch(id, batch(MAX_ITEMS)));
    const { length } = host.seen;
    const answer = await patch(id, { examples: [...batch(MAX_ITEMS - 1).examples, { input: 'unseen', label: 'A' }] });
    const { param, message } = await errorOf(answer);
    expect([answer.status, param]).toEqual([400, 'examples']);
    expect(message).toContain('10000');
    expect(host.seen).toHaveLength(length);
    expect(await json(patch(id, batch(10_000 - 4 - 4 * MAX_ITEMS)))).toMatchObject({ examples: 10_000 });
    expect((await patch(id, batch(1))).status).toBe(400);
  }, 30_000);
});

describe('POST /v1/classify with a classifier', () => {
  it('scores every label, best first, and the scores sum to 1', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const { id } = await created({ method: 'prototype' });
    const answer = await json<Classified>(classify(id, { input: ['one', picture, 'unknown'] }));
    expect(answer).toMatchObject({ model: 'tiny-clip', classifier_id: id });
    expect(answer.data.map(({ prediction }) => prediction).slice(0, 2)).toEqual(['A', 'B']);
    for (const { prediction, score, predictions } of answer.data) {
      expect(predictions.reduce((sum, entry) => sum + entry.score, 0)).toBeCloseTo(1, 9);
      expect(predictions[0]).toMatchObject({ label: prediction, score, cosine: expect.any(Number) });
      expect(predictions[0]?.cosine).toBeGreaterThanOrEqual(predictions[1]?.cosine ?? 1);
    }
    const { data } = await json<Classified>(classify(id, { input: 'one', top_k: 1 }));
    expect(data[0]?.predictions).toHaveLength(1);
  });

  it('takes a picture as the body', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const { id } = await created();
    const headers = { 'content-type': 'image/png' };
    const answer = await json<Classified>(ask(`/v1/classify?classifier_id=${id}`, { body: PNG, headers }));
    expect(answer.data[0]?.prediction).toBe('B');
  });

  it.each([
    [{ input: 'x', labels: ['a', 'b'] }, 'labels'],
    [{ input: 'x', multi_label: true }, 'multi_label'],
    [{ input: 'x', hypothesis_template: 'a {}' }, 'hypothesis_template'],
    [{}, 'input'],
    [{ input: '' }, 'input'],
    [{ input: 'x', top_k: 0 }, 'top_k'],
    [{ input: 'x', model: 'text' }, 'model'],
  ])('rejects %j', async (body, param) => {
    serve({ [EMBED]: new ClipHost().answer });
    const { id } = await created();
    const answer = await classify(id, body);
    expect([answer.status, (await errorOf(answer)).param]).toEqual([400, param]);
  });

  it('asks for labels or a classifier', async () => {
    serve({});
    expect((await errorOf(await ask('/v1/classify', { json: { input: 'x' } }))).message).toContain('`classifier_id`');
  });

  it('asks neither a host nor the object if everything is in memory', async () => {
    const { requests } = serve({ [EMBED]: new ClipHost().answer });
    const { id } = await created();
    await json(classify(id));
    const before = requests.length;
    let messages = 0;
    const counted = new Proxy(bindings.CLASSIFIERS as DurableObjectNamespace, {
      get(target, name) {
        messages++;
        return Reflect.get(target, name).bind(target);
      },
    });
    for (let i = 0; i < 5; i++) await json(classify(id, undefined, { settings: { CLASSIFIERS: counted } }));
    expect([requests.length - before, messages]).toEqual([0, 0]);
  });

  it('is at most five seconds behind changes by other isolates, and none behind its own', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const { id } = await created({ method: 'prototype' });
    const start = Date.now();
    const now = vi.spyOn(Date, 'now').mockReturnValue(start);
    const isRidge = async () => {
      const { data } = await json<Classified>(classify(id));
      return data[0]?.predictions[0]?.cosine === null;
    };
    expect(await isRidge()).toBe(false);
    await runInDurableObject(object(), (instance) => void instance.update(id, { method: 'ridge' }));
    expect(await isRidge()).toBe(false);
    // After a second, a request is answered from memory and checks beside it: the next one sees the change.
    now.mockReturnValue(start + 1_000);
    expect([await isRidge(), await isRidge()]).toEqual([false, true]);
    await runInDurableObject(object(), (instance) => void instance.update(id, { method: 'prototype' }));
    now.mockReturnValue(start + 6_000);
    expect(await isRidge()).toBe(false);
    await json(patch(id, { method: 'ridge' }));
    expect(await isRidge()).toBe(true);
    await runInDurableObject(object(), async (instance) => void (await instance.remove(id)));
    now.mockReturnValue(start + 11_000);
    expect((await classify(id)).status).toBe(404);
  });
});

describe('GET /v1/classifiers/{id}/examples', () => {
  interface Page {
    data: { label: string; text?: string; picture?: string }[];
    has_more: boolean;
    next: number | null;
  }
  const settings = { CLASSIFIER_SOURCES: 'store' };
  const examples = (id: string, query = '', more: Ask = {}) => json<Page>(ask(`${PATH}/${id}/examples${query}`, more));
  const digestOf = async (bytes: Uint8Array) =>
    new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).toBase64({ alphabet: 'base64url', omitPadding: true });

  it('returns texts and the digests of pictures, if the operator lets them be stored', async () => {
    const url = 'https://pictures.example.com/photo';
    serve({ [EMBED]: new ClipHost().answer, [url]: () => new Response(PNG) });
    const { id } = await created({ examples: [...EXAMPLES, { input: { image: url }, label: 'A' }] }, { settings });
    const stored = { label: 'B', picture: await digestOf(PNG) };
    expect(await examples(id)).toEqual({
      object: 'list',
      data: [
        { label: 'A', text: 'one' },
        { label: 'A', text: 'two' },
        stored,
        { label: 'B', text: 'four' },
        { ...stored, label: 'A' },
      ],
      has_more: false,
      next: null,
    });
    // All that a new one needs: the texts as they are, and the pictures by their digests.
    await json(patch(id, { examples: [{ input: 'six', label: 'C' }] }, { settings }));
    const page = await examples(id, '?after=2&limit=2');
    expect(page).toMatchObject({ data: [stored, { text: 'four' }], has_more: true, next: 4 });
    expect((await examples(id, '?after=4')).data).toEqual([{ ...stored, label: 'A' }]);
    expect(await examples(id, '?after=5')).toMatchObject({ data: [{ label: 'C', text: 'six' }], has_more: false });
    expect((await examples(id, '?after=6')).data).toEqual([]);
  });

  it('returns only labels of examples that were added while nothing was stored', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const { id } = await created();
    await json(patch(id, { examples: [{ input: 'six', label: 'A' }] }, { settings }));
    await json(patch(id, { examples: [{ input: 'seven', label: 'A' }] }));
    const all: Page['data'] = [];
    for (let next: number | null = 0; next !== null; ) {
      const page: Page = await examples(id, `?after=${next}`);
      all.push(...page.data);
      next = page.next;
    }
    expect(all).toEqual([
      ...['A', 'A', 'B', 'B'].map((label) => ({ label })),
      { label: 'A', text: 'six' },
      { label: 'A' },
    ]);
    await runInDurableObject(object(), (_, { storage }) => {
      const rows = storage.sql.exec<{ items: string }>('SELECT items FROM source').toArray();
      expect(rows.map(({ items }) => items)).toEqual(['[{"text":"six"}]']);
    });
  });

  it('has nothing of a deleted classifier, and is refused to others', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const [gone, kept] = [await created({}, { settings }), await created({}, { settings })];
    await json(ask(`${PATH}/${gone.id}`, { method: 'DELETE' }));
    expect((await ask(`${PATH}/${gone.id}/examples`)).status).toBe(404);
    await runInDurableObject(object(), (_, { storage }) => {
      const rows = storage.sql.exec<{ classifier: string }>('SELECT classifier FROM source').toArray();
      expect(rows).toEqual([{ classifier: kept.id }]);
    });
    const other = await createKey({ scopes: ['embeddings'] });
    expect((await ask(`${PATH}/${kept.id}/examples`, { headers: bearer(other) })).status).toBe(404);
  });

  it('refuses a text that is too long to be stored, by its name', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const input = 'x'.repeat(200_000);
    const answer = await create({ examples: [...EXAMPLES, { input, label: 'A' }] }, { settings });
    expect([answer.status, (await errorOf(answer)).param]).toEqual([400, 'examples[4].input']);
  });
});

describe('vectors of another space', () => {
  const settings = { CLIP_ENDPOINT_URL: 'https://clip.example.com' };
  const hosts = { [EMBED]: new ClipHost().answer, 'https://clip.example.com/embeddings': new ClipHost(512).answer };

  it('are refused, and the classifier goes on with its own model', async () => {
    serve(hosts);
    const { id } = await created();
    const model = 'openai/clip-vit-base-patch32';
    for (const answer of [
      await classify(id, { input: 'one', model }, { settings }),
      await patch(id, { examples: EXAMPLES, model }, { settings }),
    ]) {
      const { code, param } = await errorOf(answer);
      expect([answer.status, code, param]).toEqual([400, 'classifier_space_mismatch', 'model']);
    }
    // `clip` is another model now, and the classifier is not.
    expect(await json(classify(id, undefined, { settings }))).toMatchObject({ model: 'tiny-clip' });
    expect(await json(classify(id, { input: 'one', model: 'clip' }))).toMatchObject({ model: 'tiny-clip' });
  });

  it('are refused if the space of its model has changed', async () => {
    serve({ ...hosts, 'https://other.example.com/embeddings': new ClipHost(512).answer });
    const { id } = await created({}, { settings });
    const elsewhere = { settings: { CLIP_ENDPOINT_URL: 'https://other.example.com' } };
    for (const answer of [
      await classify(id, undefined, elsewhere),
      await patch(id, { examples: EXAMPLES }, elsewhere),
    ]) {
      const { code, message } = await errorOf(answer);
      expect([answer.status, code]).toEqual([400, 'classifier_space_mismatch']);
      expect(message).toContain('have changed');
    }
  });

  it('are refused if a host has changed the dimensions behind a name', async () => {
    const settings = { OPENAI_BASE_URL: 'https://host.example.com/v1' };
    let dimensions = 8;
    serve({ 'https://host.example.com/v1': (request) => new ClipHost(dimensions).answer(request) });
    const { id } = await created({ model: 'openai/some', examples: EXAMPLES.slice(0, 2) }, { settings });
    dimensions = 16;
    const first = await classify(id, { input: 'unseen' }, { settings });
    expect((await errorOf(first)).code).toBe('upstream_invalid_answer');
    for (const answer of [
      await classify(id, { input: 'unseen' }, { settings }),
      await patch(id, { examples: [{ input: 'new', label: 'A' }] }, { settings }),
    ]) {
      expect((await errorOf(answer)).code).toBe('classifier_space_mismatch');
    }
  });
});

describe('classifiers of others', () => {
  const settings = { TOKEN_SECRETS: 'a:a-secret-of-at-least-thirty-two-characters' };

  it('are not there for another key', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const { id } = await created();
    const headers = bearer(await createKey());
    expect(await json(ask(PATH, { headers }))).toEqual({ object: 'list', data: [] });
    for (const answer of [
      await ask(`${PATH}/${id}`, { headers }),
      await patch(id, { name: 'x' }, { headers }),
      await patch(id, { examples: EXAMPLES }, { headers }),
      await ask(`${PATH}/${id}`, { method: 'DELETE', headers }),
      await classify(id, undefined, { headers }),
    ]) {
      expect([answer.status, (await errorOf(answer)).code]).toEqual([404, 'classifier_not_found']);
    }
  });

  it('store nothing when they are asked for', async () => {
    serve({});
    await ask(PATH);
    await classify('cls_x');
    for (const id of await listDurableObjectIds(bindings.CLASSIFIERS as DurableObjectNamespace)) {
      const stub = (bindings.CLASSIFIERS as DurableObjectNamespace<Classifiers>).get(id);
      await runInDurableObject(stub, (_, state) => {
        expect(state.storage.sql.exec('SELECT name FROM sqlite_master').toArray()).toEqual([]);
      });
    }
  });

  it('can be used by the tokens of their key, and changed by the key only', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const key = bearer(await createKey({ scopes: ['embeddings'] }));
    const { id } = await created({}, { headers: key, settings });
    const secret = await ask('/v1/client_secrets', { json: { subject: 'a' }, headers: key, settings });
    const { value } = await json<{ value: string }>(secret);
    const token = { headers: bearer(value), settings };
    expect(await json(classify(id, undefined, token))).toMatchObject({ classifier_id: id });
    expect((await json<{ data: [] }>(ask(PATH, token))).data).toHaveLength(1);
    for (const answer of [
      await create({}, token),
      await patch(id, { name: 'x' }, token),
      await ask(`${PATH}/${id}`, { method: 'DELETE', ...token }),
    ]) {
      expect([answer.status, (await errorOf(answer)).code]).toEqual([403, 'scope_missing']);
    }
  });

  it('need the scope, and a model that the key can use', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const text = bearer(await createKey({ scopes: ['text'] }));
    expect((await errorOf(await create({}, { headers: text }))).code).toBe('scope_missing');
    const limited = bearer(await createKey({ models: ['openai/clip-vit-base-patch32'] }));
    expect((await errorOf(await create({}, { headers: limited }))).code).toBe('model_not_allowed');
    expect((await errorOf(await create({ model: 'tiny-clip' }, { headers: limited }))).code).toBe('model_not_allowed');
  });

  it('count as one request of the key', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const headers = bearer(await createKey({ limits: { requests_per_minute: 3 } }));
    const { id } = await created({}, { headers });
    await json(classify(id, undefined, { headers }));
    await json(patch(id, { examples: EXAMPLES }, { headers }));
    expect((await classify(id, undefined, { headers })).status).toBe(429);
  });
});

describe('DELETE /v1/classifiers/{id}', () => {
  it('deletes the examples, and with the last classifier everything', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const [one, two] = [await created(), await created()];
    expect(await json(ask(`${PATH}/${one.id}`, { method: 'DELETE' }))).toEqual({
      id: one.id,
      object: 'classifier.deleted',
      deleted: true,
    });
    const tables = (): Promise<number[]> =>
      runInDurableObject(object(), (_, state) =>
        state.storage.sql
          .exec<{ name: string }>(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'",
          )
          .toArray()
          .map(({ name }) => state.storage.sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${name}`).one().n),
      );
    expect(await tables()).toEqual([1, 3]);
    await json(ask(`${PATH}/${two.id}`, { method: 'DELETE' }));
    expect(await tables()).toEqual([]);
    for (const method of ['GET', 'DELETE']) {
      expect((await ask(`${PATH}/${two.id}`, { method })).status).toBe(404);
    }
    expect((await classify(two.id)).status).toBe(404);
    expect(await created()).toMatchObject({ examples: 4 });
  });
});

describe('a training that fails', () => {
  it('changes nothing, and the next one works', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const failAt = (query: string) =>
      runInDurableObject(object(), (_, { storage: { sql } }) => {
        const exec = sql.exec.bind(sql);
        const failOnce = (text: string, ...values: never[]) => {
          if (!text.includes(query)) return exec(text, ...values);
          Object.defineProperty(sql, 'exec', { value: exec });
          throw new Error('disk');
        };
        Object.defineProperty(sql, 'exec', { value: failOnce, configurable: true });
      });
    await failAt('INTO classifier');
    expect((await create()).status).toBe(503);
    expect(await json(ask(PATH))).toMatchObject({ data: [] });
    const { id } = await created();
    await failAt('INTO classifier');
    expect((await patch(id, { examples: EXAMPLES })).status).toBe(503);
    expect(await json(ask(`${PATH}/${id}`))).toMatchObject({ examples: 4 });
    expect(await json(patch(id, { examples: EXAMPLES }))).toMatchObject({ examples: 8 });
  });
});

describe('a caller with limits', () => {
  it('that only knows an alias uses its own classifiers', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const headers = bearer(await createKey({ models: ['clip'] }));
    const { id } = await created({}, { headers });
    expect((await json<Classified>(classify(id, undefined, { headers }))).model).toBe('tiny-clip');
    expect(await json(patch(id, { examples: EXAMPLES }, { headers }))).toMatchObject({ examples: 8 });
    const other = bearer(await createKey({ models: ['image'] }));
    expect((await create({}, { headers: other })).status).toBe(403);
  });

  it('pays a request for a change without examples, and for a classifier that does not exist', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const headers = bearer(await createKey({ limits: { requests_per_minute: 5 } }));
    const { id } = await created({}, { headers });
    const statuses = [
      await patch(id, { method: 'ridge' }, { headers }),
      await patch(id, { name: 'other' }, { headers }),
      await patch('cls_0', { examples: EXAMPLES }, { headers }),
      await classify('cls_0', undefined, { headers }),
      await classify('cls_0', undefined, { headers }),
      await patch(id, { method: 'prototype' }, { headers }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 404, 404, 429, 429]);
  });
});

describe('a change that is recorded', () => {
  it('is made once for its idempotency key', async () => {
    serve({ [EMBED]: new ClipHost().answer });
    const { id } = await created();
    const headers = { 'idempotency-key': 'once' };
    const first = await json<Answer>(patch(id, { examples: EXAMPLES }, { headers }));
    expect(first.examples).toBe(8);
    expect(await json<Answer>(patch(id, { examples: EXAMPLES }, { headers }))).toEqual(first);
    expect(await json(ask(`${PATH}/${id}`))).toMatchObject({ examples: 8 });
    expect((await patch(id, { name: 'other' }, { headers })).status).toBe(422);
  });
});

describe('an object that cannot be reached', () => {
  it('is 503, with Retry-After', async () => {
    serve({});
    const broken = { getByName: () => ({ list: () => Promise.reject(new Error('reset')) }) };
    const answer = await ask(PATH, { settings: { CLASSIFIERS: broken as never } as Partial<Env> });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect((await errorOf(answer)).code).toBe('classifiers_unavailable');
    const missing = await ask(PATH, { settings: { CLASSIFIERS: undefined } });
    expect((await errorOf(missing)).code).toBe('configuration_invalid');
  });
});
