import { describe, expect, it } from 'vitest';
import { MAX_LOADED_PICTURE_BYTES } from '../../../../src/base/sizes.ts';
import { loadPictures } from '../../../../src/hosts/pictures/load-pictures.ts';
import { callFor } from '../../../support/call.ts';
import { pngOf } from '../../../support/pictures.ts';
import { serve } from '../../../support/worker.ts';

const HOST = 'https://pictures.example.com/';
const addresses = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ url: `${HOST}${i}.png`, path: `input[${i}]` }));

/** Serves pictures of one size, and counts how many are fetched at the same time. */
function servePictures(bytes: number, { declared }: { declared: boolean }) {
  const counts = { running: 0, most: 0 };
  const picture = pngOf(10, 10, 'x'.repeat(bytes - 33));
  const { requests } = serve({
    [HOST]: async () => {
      counts.most = Math.max(counts.most, ++counts.running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      counts.running--;
      const body = declared ? picture : new Response(picture).body;
      return new Response(body, declared ? { headers: { 'content-length': String(bytes) } } : {});
    },
  });
  return { counts, requests };
}

describe('pictures by URL', () => {
  it('are all loaded in one round if they are small, at most six at a time', async () => {
    const { counts, requests } = servePictures(1_000, { declared: true });
    const rounds = await Array.fromAsync(loadPictures(addresses(200), callFor('embedding')));
    expect(rounds.map((round) => round.length)).toEqual([200]);
    expect(counts.most).toBe(6);
    // The platform itself must not follow a redirect: the guard checks each address.
    expect(new Set(requests.map(({ redirect }) => redirect))).toEqual(new Set(['manual']));
  });

  it.each([true, false])(
    'are loaded in rounds that fit into memory if they are large (length declared: %s)',
    async (declared) => {
      const bytes = 5 * 1024 * 1024;
      const { requests } = servePictures(bytes, { declared });
      const seen: string[] = [];
      for await (const round of loadPictures(addresses(9), callFor('embedding'))) {
        const held = round.reduce((sum, [, picture]) => sum + picture.bytes.byteLength, 0);
        expect(held).toBeLessThanOrEqual(MAX_LOADED_PICTURE_BYTES);
        seen.push(...round.map(([{ path }]) => path));
      }
      expect(seen.toSorted()).toEqual(addresses(9).map(({ path }) => path));
      // A picture that does not fit is fetched again, but only once.
      expect(requests.length).toBeLessThan(2 * 9);
    },
  );

  it('fail with the path of the item that cannot be fetched', async () => {
    serve({ [HOST]: () => new Response('', { status: 404 }) });
    await expect(Array.fromAsync(loadPictures(addresses(3), callFor('embedding')))).rejects.toMatchObject({
      code: 'picture_url_failed',
      param: expect.stringMatching(/^input\[\d\]$/),
    });
  });
});
