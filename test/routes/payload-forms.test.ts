import { describe, expect, it } from 'vitest';
import { ClipHost } from '../support/clip-host.ts';
import { pngOf } from '../support/pictures.ts';
import { ask, ORIGIN, serve } from '../support/worker.ts';

/** Forms of items as clients write them by hand (RFC 2046, 5.1.1): before and behind their boundaries. */

const PAYLOADS: readonly (readonly [path: string, payload: object])[] = [
  ['/v1/embeddings', { model: 'tiny-clip', input: [{ image: 'attach://a' }, 'a cat'] }],
  ['/v1/similarity', { model: 'tiny-clip', query: { image: 'attach://a' }, documents: ['a cat'] }],
  ['/v1/rerank', { model: 'tiny-clip', query: { image: 'attach://a' }, documents: ['a cat'] }],
  ['/v1/classify', { model: 'tiny-clip', input: { image: 'attach://a' }, labels: ['cat', 'dog'] }],
  [
    '/v1/classifiers',
    {
      model: 'tiny-clip',
      examples: [
        { input: { image: 'attach://a' }, label: 'a' },
        { input: 'dog', label: 'b' },
      ],
    },
  ],
  ['/models/tiny-clip', { inputs: { image: 'attach://a' }, parameters: { candidate_labels: ['cat', 'dog'] } }],
];

const WAYS: readonly (readonly [how: string, change: (form: string) => string])[] = [
  ['as it should be', (form) => form],
  ['after a line end', (form) => `\r\n${form}`],
  ['after text', (form) => `A form.\r\n${form}`],
  ['with padded boundaries', (form) => form.replaceAll(/^--x(--)?\r/gm, '--x$1 \t\r')],
  ['after text, with padded boundaries', (form) => `A form.\r\n${form.replaceAll(/^--x\r/gm, '--x  \r')}`],
];

/** Longer than what is read of a form to find its first boundary. */
const picture = String.fromCharCode(...pngOf(2, 2, ' --x \r\n'.repeat(2_000)));

const formOf = (payload: object) =>
  `--x\r\nContent-Disposition: form-data; name="payload"\r\n\r\n${JSON.stringify(payload)}\r\n` +
  `--x\r\nContent-Disposition: form-data; name="a"; filename="a.png"\r\n\r\n${picture}\r\n--x--\r\n`;

const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

describe.each(PAYLOADS)('a form with a payload at %s', (path, payload) => {
  it.each(WAYS)('can come %s', async (_, change) => {
    const host = new ClipHost();
    serve({ [ORIGIN]: host.answer });
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const answer = await ask(path, { body: bytesOf(change(formOf(payload))), headers });
    expect(answer.status, await answer.clone().text()).toBeLessThan(202);
    expect(host.seen).toContain(`image:${bytesOf(picture).toBase64()}`);
  });
});

it('can come as a stream of unknown length, and with a key by which it is not run twice', async () => {
  for (const more of [{}, { 'idempotency-key': crypto.randomUUID() }]) {
    serve({ [ORIGIN]: new ClipHost().answer });
    const form = formOf({ model: 'tiny-clip', input: { image: 'attach://a' } }).replaceAll(/^--x\r/gm, '--x \r');
    const headers = { 'content-type': 'multipart/form-data; boundary="x"; charset=utf-8', ...more };
    const answer = await ask('/v1/embeddings', { body: new Blob([bytesOf(form)]).stream(), headers });
    expect(answer.status, await answer.clone().text()).toBe(200);
  }
});
