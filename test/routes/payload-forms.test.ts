import { expect, it } from 'vitest';
import { ClipHost } from '../support/clip-host.ts';
import { ask, ORIGIN, serve } from '../support/worker.ts';

it.each([
  ['after a line end', (form: string) => `\r\n${form}`],
  ['after text', (form: string) => `A form.\r\n${form}`],
])('a form of items can come %s', async (_, change) => {
  serve({ [ORIGIN]: new ClipHost().answer });
  const payload = JSON.stringify({ model: 'tiny-clip', input: 'a' });
  const form = `--x\r\nContent-Disposition: form-data; name="payload"\r\n\r\n${payload}\r\n--x--\r\n`;
  const headers = { 'content-type': 'multipart/form-data; boundary=x' };
  const answer = await ask('/v1/embeddings', { body: change(form), headers });
  expect(answer.status, await answer.clone().text()).toBe(200);
});
