import { afterEach, expect, it, vi } from 'vitest';
import { readBody } from '../../../src/intake/body.ts';
import { readPictureForm } from '../../../src/intake/picture-form.ts';
import { readUpload } from '../../../src/intake/read-upload.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** A client that sends the beginning of its body, and then nothing. */
function stalled(headers: Record<string, string>, begin = '{"model":'): Request {
  const { readable: body, writable } = new IdentityTransformStream();
  writable
    .getWriter()
    .write(new TextEncoder().encode(begin))
    .catch(() => {});
  return new Request('https://x', { method: 'POST', headers, body });
}

const JSON_TYPE = { 'content-type': 'application/json' };
const FORM_TYPE = { 'content-type': 'multipart/form-data; boundary=x' };
const PART = '--x\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\nabc';
const options = { maxBytes: 1_000_000, pictures: { field: 'input', lists: [] } };

it.each([
  ['a body without a length', () => readBody(stalled(JSON_TYPE), options)],
  ['a large body', () => readBody(stalled({ ...JSON_TYPE, 'content-length': '300000' }), options)],
  ['a large form', () => readBody(stalled({ ...FORM_TYPE, 'content-length': '300000' }, PART), options)],
  ['a form with a file', () => readUpload(stalled(FORM_TYPE, PART.replace('image', 'file')), 1_000_000)],
  ['a form with a picture', () => readPictureForm(stalled(FORM_TYPE, PART), 1_000_000, 'https://api.example.com/')],
])('gives up %s that does not arrive', async (_, read) => {
  vi.useFakeTimers();
  let isOver = false;
  const reading = read().finally(() => {
    isOver = true;
  });
  const refused = expect(reading).rejects.toMatchObject({ code: 'body_timeout', status: 408 });
  await vi.advanceTimersByTimeAsync(119_000);
  expect(isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(2_000);
  await refused;
});
