import { readFileSync } from 'node:fs';
import { commentsIn, failureIn, readStream, type Surface, send, streamed, whole } from './surface.ts';

/** Sound and pictures. */

const fixture = (name: string) => readFileSync(new URL(`../fixtures/pictures/${name}`, import.meta.url));
const PICTURE = fixture('cat.png');

function sound(model: string, more: Record<string, string> = {}): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries({ model, ...more })) form.set(name, value);
  form.set('file', new File(['sound'], 'sound.mp3', { type: 'audio/mpeg' }));
  return form;
}
const transcript = (name: string, path: string): Surface => ({
  name,
  paths: [path],
  asks: 'transcript',
  isCostly: path.endsWith('translations'),
  ask: (gateway, model) => whole(gateway, path, sound(model), ({ text }) => ({ text })),
});
const transcriptStream: Surface = {
  name: 'transcript stream',
  paths: ['/v1/audio/transcriptions'],
  asks: 'transcript stream',
  async ask(gateway, model) {
    const answer = await send(gateway, '/v1/audio/transcriptions', sound(model, { stream: 'true' }));
    const failure = failureIn(answer);
    if (failure) return failure;
    return {
      status: answer.status,
      ...readStream(answer.text, ({ type, delta }) => ({ text: delta, isLast: type === 'transcript.text.done' })),
      comments: commentsIn(answer.text),
    };
  },
};
const speech: Surface = {
  name: 'speech',
  paths: ['/v1/audio/speech'],
  asks: 'speech',
  async ask(gateway, model) {
    const answer = await send(gateway, '/v1/audio/speech', { model, input: 'Go.', voice: 'alloy' });
    return failureIn(answer) ?? { status: answer.status, text: answer.text, isOpen: !answer.isWhole };
  },
};
const speechStream: Surface = {
  name: 'speech stream',
  paths: ['/v1/audio/speech'],
  asks: 'speech stream',
  ask: (gateway, model) =>
    streamed(
      gateway,
      '/v1/audio/speech',
      { model, input: 'Go.', voice: 'alloy', stream_format: 'sse' },
      ({ type, audio }) => ({ text: audio, isLast: type === 'speech.audio.done' }),
    ),
};

const edit: Surface = {
  name: 'edit of a picture',
  paths: ['/v1/images/edits'],
  asks: 'edit',
  ask(gateway, model) {
    const form = new FormData();
    form.set('model', model);
    form.set('prompt', 'Go.');
    form.set('image', new File([PICTURE], 'cat.png', { type: 'image/png' }));
    return whole(gateway, '/v1/images/edits', form, () => ({ text: '' }));
  },
};
/** The prompt names the case: its model is one of the catalogue. */
const picture: Surface = {
  name: 'picture',
  paths: ['/v1/images/generations'],
  asks: 'picture',
  ask: (gateway, model) =>
    whole(gateway, '/v1/images/generations', { model: 'tiny-image', prompt: model }, () => ({ text: '' })),
};

/** At a host of OpenAI's API. */
const hostPicture: Surface = {
  name: 'picture of a host',
  paths: ['/v1/images/generations'],
  asks: 'generation',
  ask: (gateway, model) => whole(gateway, '/v1/images/generations', { model, prompt: 'Go.' }, () => ({ text: '' })),
};
const pictureEvents: Surface = {
  name: 'picture as an event',
  paths: ['/v1/images/generations', '/v1/images/edits'],
  asks: 'generation',
  isStream: true,
  ask: (gateway, model) =>
    streamed(gateway, '/v1/images/generations', { model, prompt: 'Go.', stream: true }, ({ type }) => ({
      isLast: type === 'image_generation.completed',
    })),
};

export const mediaSurfaces: readonly Surface[] = [
  transcript('transcript', '/v1/audio/transcriptions'),
  transcript('translation of speech', '/v1/audio/translations'),
  transcriptStream,
  speech,
  speechStream,
  edit,
  picture,
  hostPicture,
  pictureEvents,
];
