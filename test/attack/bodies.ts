import { PICTURE } from './world.ts';

export const EXAMPLES = ['cat', 'dog'].map((label) => ({ input: `a ${label}`, label }));

/** A body of each route that makes something, or asks a model. */
export const BODIES: Readonly<Record<string, () => unknown>> = {
  'POST /v1/chat/completions': () => ({ model: 'openai/m', messages: [{ role: 'user', content: 'hi' }] }),
  'POST /v1/completions': () => ({ model: 'openai/m', prompt: 'hi' }),
  'POST /v1/responses': () => ({ model: 'openai/m', input: 'hi' }),
  'POST /v1/responses/input_tokens': () => ({ model: 'openai/m', input: 'hi' }),
  'POST /v1/messages': () => ({ model: 'openai/m', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] }),
  'POST /v1/messages/count_tokens': () => ({ model: 'openai/m', messages: [{ role: 'user', content: 'hi' }] }),
  'POST /v1/embeddings': () => ({ model: 'openai/e', input: 'hi' }),
  'POST /v1/similarity': () => ({ model: 'openai/e', query: 'hi', documents: ['a', 'b'] }),
  'POST /v1/classify': () => ({ model: 'openai/e', input: 'hi', labels: ['a', 'b'] }),
  'POST /v1/classifiers': () => ({ name: 'same', model: 'openai/e', examples: EXAMPLES }),
  'POST /v1/images/generations': () => ({ model: 'tiny-image', prompt: 'hi' }),
  'POST /v1/images/edits': () => formOf({ model: 'openai/gpt-image-2.6-sunburst', prompt: 'hi' }, 'image'),
  'POST /v1/audio/transcriptions': () => formOf({ model: 'openai/w' }, 'file'),
  'POST /v1/audio/translations': () => formOf({ model: 'openai/w' }, 'file'),
  'POST /v1/audio/speech': () => ({ model: 'openai/tts', voice: 'alloy', input: 'hi' }),
  'POST /v1/rerank': () => ({ model: 'openai/e', query: 'hi', documents: ['a', 'b'] }),
  'POST /v1/moderations': () => ({ model: 'openai/moderation', input: 'hi' }),
  'POST /models/{id}': () => ({ inputs: 'hi' }),
  'POST /v1/prompts/{name}': () => ({ variables: { review: 'hi' }, model: 'openai/m' }),
  'POST /v1/prompts/{name}/render': () => ({ variables: { review: 'hi' } }),
  'POST /v1/webhook_endpoints': () => ({ url: 'https://same.example.com/' }),
  'POST /v1/client_secrets': () => ({}),
};

/** A path of a route, with a name that exists. */
export function pathOf(route: string): string {
  return (route.split(' ')[1] ?? '').replace('{name}', 'sentiment').replace('{id}', 'openai/m');
}

/** A form with a picture, or with sound. */
export function formOf(fields: Readonly<Record<string, string>>, file: 'image' | 'file'): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set(file, new File([file === 'image' ? PICTURE : 'sound'], file === 'image' ? 'a.png' : 'a.mp3'));
  return form;
}
