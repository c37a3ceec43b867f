import { describe, expect, it } from 'vitest';
import { ClipHost } from '../support/clip-host.ts';
import { CHAT, EMBED, fail, run, saying } from '../support/hub.ts';
import { PNG } from '../support/pictures.ts';
import { ask, serve } from '../support/worker.ts';

/** What the input of a task of Hugging Face's clients is: a picture, its address, or a text. */

const PICTURE_URL = 'https://pictures.example.com/cat.png';
const parameters = { candidate_labels: ['cat', 'dog'] };
const picture = `image:${PNG.toBase64()}`;

describe('the address of a picture', () => {
  it('is a picture if a model that takes pictures has labels for it', async () => {
    const host = new ClipHost();
    serve({ [EMBED]: host.answer, [PICTURE_URL]: () => new Response(PNG) });
    for (const inputs of [PICTURE_URL, ` ${PICTURE_URL}\n`]) await run('/models/clip', { inputs, parameters });
    expect(host.seen).toContain(picture);
    expect(host.seen).toContain('text:a photo of a cat');
    expect(host.seen).not.toContain(`text:${PICTURE_URL}`);
  });

  it('is a text in a sentence, without labels, and where the path says that it is one', async () => {
    const host = new ClipHost();
    serve({ [EMBED]: host.answer });
    await run('/models/clip', { inputs: `see ${PICTURE_URL}`, parameters });
    await run('/models/clip', { inputs: PICTURE_URL });
    await run('/models/clip/pipeline/zero-shot-classification', { inputs: PICTURE_URL, parameters });
    expect(host.seen.filter((seen) => seen.includes(PICTURE_URL))).toEqual([
      `text:see ${PICTURE_URL}`,
      `text:${PICTURE_URL}`,
    ]);
  });

  it('is refused if it is not https, or shows no picture', async () => {
    serve({ [PICTURE_URL]: () => new Response('<!doctype html><p>No.') });
    expect(await fail('/models/clip', { inputs: 'http://pictures.example.com/a.png', parameters })).toMatchObject({
      code: 'picture_url_refused',
      param: 'inputs',
    });
    expect(await fail('/models/clip', { inputs: PICTURE_URL, parameters })).toMatchObject({
      code: 'invalid_picture',
      error: '`inputs` is a web page; send JPEG, PNG, WebP or GIF.',
    });
  });
});

describe('base64', () => {
  it.each([
    ['of no picture', 'QUJD'.repeat(40)],
    ['that breaks off within a group', 'A'.repeat(201)],
  ])('%s is refused where labels come with it', async (_, inputs) => {
    serve({});
    for (const path of ['/models/clip', '/models/clip/pipeline/zero-shot-image-classification']) {
      expect(await fail(path, { inputs, parameters })).toMatchObject({
        status: 400,
        code: 'invalid_picture',
        param: 'inputs',
      });
    }
  });

  it('of a picture is not read as a text where the path says that it is one, and a data URL is a picture', async () => {
    const host = new ClipHost();
    serve({ [EMBED]: host.answer });
    const path = '/models/clip/pipeline/zero-shot-classification';
    const refused = await fail(path, { inputs: PNG.toBase64(), parameters });
    expect(refused).toMatchObject({ code: 'invalid_parameter', param: 'inputs' });
    expect(host.seen).toEqual([]);
    await run(path, { inputs: `data:image/png;base64,${PNG.toBase64()}`, parameters });
    expect(host.seen).toContain(picture);
  });

  it('of a picture is one in each place of a feature extraction', async () => {
    const host = new ClipHost();
    serve({ [EMBED]: host.answer });
    const path = '/models/clip/pipeline/feature-extraction';
    expect(await run(path, { inputs: ['a', PNG.toBase64(), 'b'] })).toHaveLength(3);
    expect(host.seen.toSorted()).toEqual([picture, 'text:a', 'text:b']);
  });
});

describe('a client that expects another answer', () => {
  it.each([
    ['a picture', '/models/text', 'image/png', 'a red house', 'text-to-image'],
    ['a changed picture', '/models/clip', 'image/png', PNG.toBase64(), 'image-to-image', '/v1/images/edits'],
    ['sound', '/models/text', 'audio/mpeg, audio/*', 'say this', 'text-to-speech', '/v1/audio/speech'],
  ])('than the task has is told so: %s', async (_, path, accept, inputs, task, instead = 'GET /v1/models') => {
    serve({});
    const failure = await fail(path, { inputs }, { headers: { accept } });
    expect(failure).toMatchObject({ status: 400, code: 'wrong_task', param: 'Accept' });
    expect(failure.error).toContain(task);
    expect(failure.error).toContain(instead);
  });

  it('is not one that takes anything, as browsers and most clients do', async () => {
    serve({ [CHAT]: saying('Bonjour') });
    for (const accept of ['*/*', 'image/webp,*/*;q=0.8', 'application/json, text/plain, */*']) {
      const json = { inputs: 'Hello', parameters: { tgt_lang: 'fr' } };
      const answer = await ask('/models/text/pipeline/translation', { json, headers: { accept } });
      expect(await answer.json()).toEqual([{ translation_text: 'Bonjour' }]);
    }
  });

  it('and sends sound is told which route takes it', async () => {
    const answer = await ask('/models/clip', { body: 'RIFF', headers: { 'content-type': 'audio/wav' } });
    expect((await answer.json()) as object).toMatchObject({
      code: 'unsupported_media_type',
      error: expect.stringContaining('/v1/audio/transcriptions'),
    });
  });
});

it('a long text that is no item is not left as a placeholder', async () => {
  const { requests } = serve({ [CHAT]: saying('short') });
  // Begins as a picture: on the way to a chat it is a text all the same.
  const inputs = `data:image/png;base64,${'A'.repeat(2_200_000)}`;
  await run('/models/text/pipeline/summarization', { inputs });
  expect((await requests[0]?.text())?.includes(inputs)).toBe(true);
});
