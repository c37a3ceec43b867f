import { expect, it } from 'vitest';
import { ClipHost } from '../support/clip-host.ts';
import { bearer, createKey } from '../support/keys.ts';
import { pngOf } from '../support/pictures.ts';
import { ask, bindings, ORIGIN, serve } from '../support/worker.ts';

/**
 * Hits tell a caller that the same was embedded before: of a key with `vector_cache: private` nobody else
 * learns that.
 */

const PICTURE = 'https://pictures.example.com/a.png';
const settings = { TOKEN_SECRETS: 'a:a-secret-of-at-least-thirty-two-characters' };

function serveAll() {
  const host = new ClipHost();
  return serve({
    [ORIGIN]: host.answer,
    [PICTURE]: () => new Response(pngOf(10, 10), { headers: { 'content-type': 'image/png' } }),
  });
}

async function hits(credential: string, input: unknown): Promise<number> {
  const json = { model: 'tiny-clip', input };
  const answer = await ask('/v1/embeddings', { json, headers: bearer(credential), settings });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { usage: { cache_hits: number } }).usage.cache_hits;
}

it.each([
  ['a text', 'a secret of one'],
  ['a picture by its URL', [{ image: PICTURE }]],
])('%s of a private key is a hit for that key and its tokens, and for nobody else', async (_, input) => {
  serveAll();
  const apart = await createKey({ id: 'apart', vector_cache: 'private' });
  const other = await createKey({ id: 'other', vector_cache: 'private' });
  const shared = await createKey({ id: 'shared' });
  expect(await hits(apart, input)).toBe(0);
  expect(await hits(apart, input)).toBe(1);
  const secret = await ask('/v1/client_secrets', { json: {}, headers: bearer(apart), settings });
  expect(await hits(((await secret.json()) as { value: string }).value, input)).toBe(1);
  expect([await hits(shared, input), await hits(other, input)]).toEqual([0, 0]);
  // And it learns nothing of theirs: a hit of the shared cache is none of its own.
  expect(await hits(shared, 'a dog')).toBe(0);
  expect([await hits(apart, 'a dog'), await hits(other, 'a dog')]).toEqual([0, 0]);
});

it('the picture that a URL showed is looked up anew for a private key', async () => {
  const { requests } = serveAll();
  const apart = await createKey({ id: 'apart', vector_cache: 'private' });
  const shared = await createKey({ id: 'shared' });
  await hits(shared, [{ image: PICTURE }]);
  await hits(apart, [{ image: PICTURE }]);
  await hits(apart, [{ image: PICTURE }]);
  expect(requests.filter(({ url }) => url === PICTURE)).toHaveLength(2);
  const { keys } = await (bindings.EMBEDDINGS as KVNamespace).list({ prefix: 'picture-url:' });
  expect(keys.map(({ name }) => /~[\w-]{16}$/.test(name)).toSorted()).toEqual([false, true]);
});
