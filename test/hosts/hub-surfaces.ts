import { readFileSync } from 'node:fs';
import type { Asked } from './row.ts';
import { commentsIn, failureIn, readStream, type Seen, type Surface, send, whole } from './surface.ts';
import { chatMessage, limited } from './texts.ts';

/** Hugging Face's tasks at the URL of a model. */

const ofModel = (model: string, more = '') => `/models/${model}${more}`;
const generation: Surface = {
  name: 'hub: text generation',
  task: 'text-generation',
  paths: ['/models/{id}'],
  asks: 'completion',
  ask: (gateway, model) =>
    whole(gateway, ofModel(model), { inputs: 'Go.' }, ([{ generated_text }]) => ({ text: generated_text })),
};
const generationStream: Surface = {
  name: 'hub: stream of tokens',
  paths: ['/models/{id}'],
  asks: 'completion stream',
  async ask(gateway, model) {
    const answer = await send(gateway, ofModel(model), { inputs: 'Go.', stream: true });
    const failure = failureIn(answer);
    if (failure) return failure;
    let failed: Seen['failed'];
    let whole: string | null = null;
    const { text = '' } = readStream(answer.text.replaceAll('"error":"', '"failed":"'), (event) => {
      if (event.failed) failed = { message: event.failed };
      whole = event.generated_text ?? whole;
      return { text: event.token?.text };
    });
    if (failed && whole !== null) throw new Error('The stream has failed, and says that it is complete.');
    const isOpen = !failed && whole === null;
    return { status: answer.status, text, failed, isOpen, comments: commentsIn(answer.text) };
  },
};
const summary: Surface = {
  name: 'hub: summarization',
  task: 'summarization',
  paths: ['/models/{id}'],
  asks: 'chat',
  ask: (gateway, model) =>
    whole(gateway, ofModel(model, '/pipeline/summarization'), { inputs: 'Go.' }, ([{ summary_text }]) => ({
      text: summary_text,
    })),
};
const translation: Surface = {
  name: 'hub: translation',
  task: 'translation',
  paths: ['/models/{id}'],
  asks: 'chat',
  isCostly: true,
  ask: (gateway, model) =>
    whole(gateway, ofModel(model), { inputs: 'Go.', parameters: { tgt_lang: 'fr' } }, ([{ translation_text }]) => ({
      text: translation_text,
    })),
};
/** Tasks that embed texts, or make a picture: only their failures have words. */
const taskOf = (task: string, asks: Asked, body: object): Surface => ({
  name: `hub: ${task}`,
  task,
  paths: ['/models/{id}'],
  asks,
  isCostly: true,
  ask: (gateway, model) => whole(gateway, ofModel(model, `/pipeline/${task}`), body, () => ({ text: '' })),
});

const hubChat: Surface = {
  name: 'hub: chat',
  paths: ['/models/{id}'],
  asks: 'chat',
  isCostly: true,
  hasReasoning: true,
  ask: (gateway, model) => whole(gateway, ofModel(model, '/v1/chat/completions'), limited, chatMessage),
};

const picture = readFileSync(new URL('../fixtures/pictures/cat.png', import.meta.url));

/** By a CLIP of the catalogue: the labels, and bytes behind the picture, name the case. */
const zeroShot = (task: string, inputOf: (id: string) => string): Surface => ({
  name: `hub: ${task}`,
  task,
  paths: ['/models/{id}'],
  asks: 'vectors',
  isCostly: true,
  ask: (gateway, id) =>
    whole(
      gateway,
      ofModel('tiny-clip', `/pipeline/${task}`),
      { inputs: inputOf(id), parameters: { candidate_labels: [`a ${id}`, `b ${id}`] } },
      () => ({ text: '' }),
    ),
});
/** It answers with the picture itself. */
const textToImage: Surface = {
  name: 'hub: text-to-image',
  task: 'text-to-image',
  paths: ['/models/{id}'],
  asks: 'generation',
  async ask(gateway, model) {
    const answer = await send(gateway, ofModel(model, '/pipeline/text-to-image'), { inputs: 'Go.' });
    return failureIn(answer) ?? { status: answer.status, text: '' };
  },
};

export const hubSurfaces: readonly Surface[] = [
  generation,
  generationStream,
  summary,
  translation,
  hubChat,
  zeroShot('zero-shot-classification', (id) => id),
  zeroShot('zero-shot-image-classification', (id) => Buffer.concat([picture, Buffer.from(id)]).toString('base64')),
  textToImage,
  taskOf('feature-extraction', 'vectors', { inputs: 'Go.' }),
  taskOf('sentence-similarity', 'vectors', { inputs: { source_sentence: 'Go.', sentences: ['Stay.'] } }),
];
