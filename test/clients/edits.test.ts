import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { marked } from '../../src/hosts/pictures/marks/mark.ts';
import { type Gateway, LOCAL_KEY, startGateway } from '../support/gateway.ts';
import { type MediaHost, sendJson, startMediaHost } from './media-host.ts';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/pictures/${name}.png`, import.meta.url));
const CAT = fixture('cat');
const DOG = fixture('dog');
const RESULT = fixture('blue-square');
const INFO = { format: 'png', mediaType: 'image/png', width: 256, height: 256 } as const;
const MARKED = Buffer.concat(marked(RESULT, INFO, 'compositeWithTrainedAlgorithmicMedia')).toString('base64');

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
  host.answer = (response) => sendJson(response, { created: 1, data: [{ b64_json: RESULT.toString('base64') }] });
});

const png = (bytes: Buffer, name: string) => toFile(bytes, name, { type: 'image/png' });

describe('openai edits', () => {
  test('one picture', async () => {
    const { data } = await client.images.edit({
      model: 'image',
      image: await png(CAT, 'cat.png'),
      mask: await png(DOG, 'mask.png'),
      prompt: 'as a blue square',
      size: '1024x1024',
      background: 'transparent',
    });
    expect(data?.[0]?.b64_json).toBe(MARKED);
    const [received] = host.requests;
    expect(received?.path).toBe('/v1/images/edits');
    expect(received?.headers.authorization).toBe('Bearer sk-of-the-host');
    expect(received?.fields).toEqual({
      model: ['gpt-image-2.6-sunburst'],
      prompt: ['as a blue square'],
      size: ['1024x1024'],
      background: ['transparent'],
    });
    expect(received?.files.image).toEqual([{ name: 'image.png', type: 'image/png', bytes: CAT }]);
    expect(received?.files.mask).toEqual([{ name: 'mask.png', type: 'image/png', bytes: DOG }]);
  });

  test('several pictures, into several', async () => {
    const { data } = await client.images.edit({
      model: 'openai/stable-edit',
      image: [await png(CAT, 'cat.png'), await png(DOG, 'dog.png')],
      prompt: 'together',
      n: 2,
      response_format: 'url',
    });
    expect(data?.map(({ url }) => url)).toEqual(Array(2).fill(`data:image/png;base64,${MARKED}`));
    // This host ignores `n`: the second picture is requested alone.
    expect(host.requests).toHaveLength(2);
    const [received, again] = host.requests;
    const fields = { model: ['stable-edit'], prompt: ['together'], response_format: ['b64_json'] };
    expect(received?.fields).toEqual({ ...fields, n: ['2'] });
    expect(again?.fields).toEqual({ ...fields, seed: [expect.stringMatching(/^\d+$/)] });
    expect(received?.files['image[]']?.map(({ bytes }) => bytes)).toEqual([CAT, DOG]);
  });

  test('a large picture, as a form and as JSON', async () => {
    const large = Buffer.concat([CAT, randomBytes(9_000_000)]);
    await client.images.edit({ model: 'image', image: await png(large, 'cat.png'), prompt: 'smaller' });
    const images = [{ image_url: `data:image/png;base64,${large.toString('base64')}` }];
    await client.post('/images/edits', { body: { model: 'image', images, prompt: 'smaller' } });
    for (const { files } of host.requests) expect(files.image?.[0]?.bytes.equals(large)).toBe(true);
    expect(host.requests).toHaveLength(2);
  });

  test('and gets the host’s error, or that of a body that is too large', async () => {
    host.answer = (response) => sendJson(response, { error: { message: 'No.', code: 'moderation_blocked' } }, 400);
    const refused = client.images.edit({ model: 'image', image: await png(CAT, 'cat.png'), prompt: 'x' });
    await expect(refused).rejects.toMatchObject({ status: 400, code: 'moderation_blocked' });
    const image = await png(Buffer.concat([CAT, randomBytes(16_000_000)]), 'cat.png');
    const tooLarge = client.images.edit({ model: 'image', image, prompt: 'x' });
    await expect(tooLarge).rejects.toMatchObject({ status: 413, code: 'body_too_large' });
  });
});
