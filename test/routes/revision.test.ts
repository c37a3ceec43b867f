import { afterEach, expect, it, vi } from 'vitest';
import { resetIsolate } from '../../src/base/isolate-state.ts';
import { ClipHost } from '../support/clip-host.ts';
import { ask, bindings, errorOf, type Host, ORIGIN, serve } from '../support/worker.ts';

const EMBED = `${ORIGIN}/embeddings`;

afterEach(() => {
  vi.useRealTimers();
});

/** A server of CLIP whose list of models names a revision, which can change. */
function clipServer() {
  const host = new ClipHost();
  const server = { host, revision: '2-white' as unknown, isDown: false };
  const models: Host = () => {
    if (server.isDown) return new Response('no', { status: 500 });
    return Response.json({ object: 'list', data: [{ id: 'tiny-clip', revision: server.revision }] });
  };
  const { requests } = serve({ [EMBED]: host.answer, [`${ORIGIN}/models`]: models, [`${ORIGIN}/v1/models`]: models });
  return Object.assign(server, { asked: () => requests.filter(({ method }) => method === 'GET').length });
}

async function embed(input: string | string[] = 'a cat') {
  const answer = await ask('/v1/embeddings', { json: { model: 'clip', input } });
  expect(answer.status).toBe(200);
  return answer.headers.get('x-cedalion-cache');
}

/** Another isolate, or the same one a minute later: what the server says is asked again. */
function later(): void {
  resetIsolate('vectors');
  resetIsolate('model-facts');
}

it('keeps vectors of a server under the revision that the server names', async () => {
  clipServer();
  await embed();
  const { keys } = await bindings.EMBEDDINGS.list({ prefix: 'embedding:v1:' });
  expect(keys.map(({ name }) => name.split(':').slice(2, 5).join(':'))).toEqual([
    expect.stringMatching(/^tiny-clip:[0-9a-f]{8}:2-white$/),
  ]);
});

it('embeds anew when a server was updated behind its URL, and finds the old vectors when it was rolled back', async () => {
  const server = clipServer();
  await embed();
  later();
  server.revision = '3-white';
  await embed();
  expect(server.host.requests).toBe(2);
  later();
  server.revision = '2-white';
  await embed();
  expect(server.host.requests).toBe(2);
});

it('asks a server once a minute', async () => {
  const server = clipServer();
  await embed('a');
  await embed('b');
  expect(server.asked()).toBe(1);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
  await embed('c');
  expect(server.asked()).toBe(2);
});

it('serves known vectors while a server cannot be asked', async () => {
  const server = clipServer();
  await embed();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
  server.isDown = true;
  await embed();
  expect(server.host.requests).toBe(1);
});

it.each([undefined, null, 7, '', {}])('has the space of the catalogue if the revision is %j', async (revision) => {
  const server = clipServer();
  server.revision = revision;
  await embed();
  const { keys } = await bindings.EMBEDDINGS.list({ prefix: 'embedding:v1:' });
  expect(keys[0]?.name).toMatch(/^embedding:v1:tiny-clip:[0-9a-f]{8}:text:/);
});

it('replaces a revision that no key can have by a digest', async () => {
  const server = clipServer();
  server.revision = 'é'.repeat(1000);
  await embed();
  const { keys } = await bindings.EMBEDDINGS.list({ prefix: 'embedding:v1:' });
  expect(keys[0]?.name).toMatch(/^embedding:v1:[\w-]{43}:text:/);
});

it('refuses to compare with a classifier of another revision', async () => {
  const server = clipServer();
  const examples = ['a', 'b'].map((label) => ({ input: label, label }));
  const made = await ask('/v1/classifiers', { json: { name: 'letters', model: 'clip', examples } });
  const { id } = (await made.json()) as { id: string };
  later();
  server.revision = '3-white';
  const refused = await ask('/v1/classify', { json: { classifier_id: id, input: 'a' } });
  expect(await errorOf(refused)).toMatchObject({ code: 'classifier_space_mismatch' });
});
