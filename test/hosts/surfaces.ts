import { readFileSync } from 'node:fs';
import { hubSurfaces } from './hub-surfaces.ts';
import { mcpSurfaces } from './mcp-surfaces.ts';
import {
  commentsIn,
  failureIn,
  type Json,
  readStream,
  type Seen,
  type Surface,
  send,
  streamed,
  whole,
} from './surface.ts';
import { chatDelta, chatMessage, limited, messages, streaming } from './texts.ts';
import { toolSurfaces } from './tool-surfaces.ts';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/pictures/${name}`, import.meta.url));
const PICTURE = fixture('cat.png');

const chat: Surface = {
  name: 'chat',
  paths: ['/v1/chat/completions'],
  asks: 'chat',
  hasReasoning: true,
  isCommon: true,
  ask: (gateway, model) => whole(gateway, '/v1/chat/completions', { model, ...limited }, chatMessage),
};
const chatStream: Surface = {
  name: 'chat stream',
  paths: ['/v1/chat/completions'],
  asks: 'chat stream',
  hasReasoning: true,
  isCommon: true,
  ask: (gateway, model) => streamed(gateway, '/v1/chat/completions', { model, ...limited, ...streaming }, chatDelta),
};
/** A whole answer that the gateway collects from a stream: HOST_OPTIONS. */
const collectedChat: Surface = {
  ...chat,
  name: 'collected chat',
  asks: 'chat stream',
  isCommon: false,
  isCollected: true,
};

const completion: Surface = {
  name: 'completion',
  paths: ['/v1/completions'],
  asks: 'completion',
  isCommon: true,
  ask: (gateway, model) =>
    whole(gateway, '/v1/completions', { model, prompt: 'Go.' }, ({ choices }) => ({ text: choices[0]?.text })),
};
const completionStream: Surface = {
  name: 'completion stream',
  paths: ['/v1/completions'],
  asks: 'completion stream',
  isCommon: true,
  ask: (gateway, model) =>
    streamed(gateway, '/v1/completions', { model, prompt: 'Go.', ...streaming }, (event) => ({
      text: event?.choices?.[0]?.text,
    })),
};

/** What a response says. One that has failed says so in itself. */
function responseSeen({ status, output, error }: Json): Omit<Seen, 'status'> {
  const texts = (type: string, list: string, field: string) =>
    output
      .filter((item: Json) => item.type === type)
      .flatMap((item: Json) => item[list].map((part: Json) => part[field] ?? ''))
      .join('');
  return {
    text: texts('message', 'content', 'text'),
    reasoning: texts('reasoning', 'summary', 'text'),
    ...(error && { failed: error }),
    isOpen: status === 'in_progress' || status === 'queued',
  };
}

const response: Surface = {
  name: 'response',
  paths: ['/v1/responses'],
  asks: 'chat',
  hasReasoning: true,
  ask: (gateway, model) =>
    whole(gateway, '/v1/responses', { model, input: 'Go.', max_output_tokens: 64 }, responseSeen),
};
const responseStream: Surface = {
  name: 'response stream',
  paths: ['/v1/responses'],
  asks: 'chat stream',
  hasReasoning: true,
  async ask(gateway, model) {
    const answer = await send(gateway, '/v1/responses', {
      ...{ model, input: 'Go.', max_output_tokens: 64, stream: true },
    });
    const failure = failureIn(answer);
    if (failure) return failure;
    let seen: Omit<Seen, 'status'> = { isOpen: true };
    readStream(answer.text, ({ type, response }) => {
      if (/^response\.(completed|incomplete|failed)$/.test(type)) seen = responseSeen(response);
      return {};
    });
    return { status: answer.status, ...seen, comments: commentsIn(answer.text) };
  },
};
/** What a message says. */
function messageSeen({ content }: Json): Omit<Seen, 'status'> {
  const texts = (type: string) => content.map((block: Json) => (block.type === type ? block[type] : '')).join('');
  return { text: texts('text'), reasoning: texts('thinking') };
}
/** What the other surfaces have where Anthropic has statuses of its own. */
const COMMON: Readonly<Record<number, number>> = { 402: 429, 529: 503 };
const withCommonStatus = (seen: Seen): Seen => ({ ...seen, status: COMMON[seen.status] ?? seen.status });
const messagesBody = (model: string) => ({ model, max_tokens: 99, messages, thinking: { type: 'adaptive' } });
const message: Surface = {
  name: 'message',
  paths: ['/v1/messages'],
  asks: 'chat',
  hasReasoning: true,
  ask: async (gateway, model) =>
    withCommonStatus(await whole(gateway, '/v1/messages', messagesBody(model), messageSeen)),
};
const messageStream: Surface = {
  name: 'message stream',
  paths: ['/v1/messages'],
  asks: 'chat stream',
  hasReasoning: true,
  ask: async (gateway, model) =>
    withCommonStatus(
      await streamed(gateway, '/v1/messages', { ...messagesBody(model), stream: true }, ({ type, delta }) => ({
        text: delta?.text,
        reasoning: delta?.thinking,
        isLast: type === 'message_stop',
      })),
    ),
};
/** One in the background, as it is kept. */
const storedResponse: Surface = {
  name: 'response in the background',
  paths: ['/v1/responses/{id}/cancel'],
  asks: 'chat',
  isCostly: true,
  hasReasoning: true,
  async ask(gateway, model) {
    const begun = await send(gateway, '/v1/responses', { model, input: 'Go.', background: true });
    for (;;) {
      const answer = await send(gateway, `/v1/responses/${JSON.parse(begun.text).id}`, undefined);
      const seen = responseSeen(JSON.parse(answer.text));
      if (!seen.isOpen) return { status: answer.status, ...seen };
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  },
};

/** A run in the background: how it ended, what its answer is, and what a webhook says of it. */
const run = (asks: 'chat' | 'chat stream'): Surface => ({
  name: asks === 'chat' ? 'run in the background' : 'stream in the background',
  paths: ['/v1/chat/completions', '/v1/runs/{id}/cancel', '/v1/hooks/{name}', '/v1/webhook_endpoints/{id}/test'],
  asks,
  hasReasoning: true,
  isCostly: true,
  async ask(gateway, model) {
    const body = { model, ...limited, stream: asks === 'chat stream' };
    const begun = await send(gateway, '/v1/chat/completions', body, { prefer: 'respond-async' });
    const { id } = JSON.parse(begun.text);
    const result = await send(gateway, `/v1/runs/${id}/result`, undefined, { prefer: 'wait=20' });
    const { status, error }: Json = JSON.parse((await send(gateway, `/v1/runs/${id}`, undefined)).text);
    const hook = await gateway.webhook?.(id);
    const told = status === 'completed' ? 'run.completed' : 'run.failed';
    if (hook && hook.type !== told) throw new Error(`The run has ${status}, and its webhook says ${hook.type}.`);
    const failure = failureIn(result);
    const seen = failure ?? {
      status: result.status,
      ...(asks === 'chat' ? chatMessage(JSON.parse(result.text)) : readStream(result.text, chatDelta)),
    };
    if ((status === 'failed') !== (seen.failed !== undefined)) {
      throw new Error(`The run has ${status}, and its answer says ${JSON.stringify(seen)}.`);
    }
    if (seen.failed && error?.message !== seen.failed.message) {
      throw new Error(`The run says ${error?.message}, and its answer ${seen.failed.message}.`);
    }
    return seen;
  },
});

/** A request that is sent again with its key: what has failed is never replayed as complete. */
const replay = (asks: 'chat' | 'chat stream'): Surface => ({
  name: asks === 'chat' ? 'answer that is replayed' : 'stream that is replayed',
  paths: ['/v1/chat/completions'],
  asks,
  hasReasoning: true,
  isCostly: true,
  async ask(gateway, model) {
    const key = { 'idempotency-key': `key-${model}-${asks}` };
    const body = { model, ...limited, stream: asks === 'chat stream' };
    const twice = async (): Promise<Seen> => {
      const answer = await send(gateway, '/v1/chat/completions', body, key);
      const failure = failureIn(answer);
      if (failure) return failure;
      const { status, text } = answer;
      return { status, ...(asks === 'chat' ? chatMessage(JSON.parse(text)) : readStream(text, chatDelta)) };
    };
    const first = await twice();
    const second = await twice();
    // A failure that is late is an event, and its replay is too.
    const said = ({ text = '', reasoning = '', failed }: Seen) => JSON.stringify({ text, reasoning, failed });
    if (said(first) !== said(second)) {
      throw new Error(`First ${JSON.stringify(first)}, then ${JSON.stringify(second)}.`);
    }
    return second;
  },
});

const variables = { text: 'Go.' };
const prompt: Surface = {
  name: 'prompt',
  paths: ['/v1/prompts/{name}'],
  asks: 'chat',
  isCostly: true,
  hasReasoning: true,
  ask: (gateway, model) => whole(gateway, '/v1/prompts/summarize', { model, variables, max_tokens: 64 }, chatMessage),
};
const promptStream: Surface = {
  name: 'prompt stream',
  paths: ['/v1/prompts/{name}'],
  asks: 'chat stream',
  isCostly: true,
  hasReasoning: true,
  ask: (gateway, model) =>
    streamed(gateway, '/v1/prompts/summarize', { model, variables, max_tokens: 64, ...streaming }, chatDelta),
};

const vectors = (name: string, path: string, body: object, isCommon = false): Surface => ({
  name,
  paths: [path],
  asks: 'vectors',
  isCommon,
  ask: (gateway, model) => whole(gateway, path.replace('{id}', model), { model, ...body }, () => ({ text: '' })),
});

/** By a CLIP of the catalogue: the texts name the case. */
const classify: Surface = {
  name: 'classify',
  paths: ['/v1/classify'],
  asks: 'vectors',
  ask: (gateway, id) =>
    whole(gateway, '/v1/classify', { model: 'tiny-clip', input: id, labels: [`a ${id}`, `b ${id}`] }, () => ({
      text: '',
    })),
};

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

export const surfaces: readonly Surface[] = [
  chat,
  chatStream,
  collectedChat,
  completion,
  completionStream,
  response,
  responseStream,
  message,
  messageStream,
  storedResponse,
  run('chat'),
  run('chat stream'),
  replay('chat'),
  replay('chat stream'),
  prompt,
  promptStream,
  ...hubSurfaces,
  ...mcpSurfaces,
  ...toolSurfaces,
  vectors('embeddings', '/v1/embeddings', { input: 'Go.', encoding_format: 'float' }, true),
  vectors('similarity', '/v1/similarity', { query: 'Go.', documents: ['Stay.'] }),
  vectors('rerank', '/v1/rerank', { query: 'Go.', documents: ['Stay.'] }),
  classify,
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

/** Routes that ask no host for anything, or only by another route. */
export const NO_HOST: Readonly<Record<string, string>> = {
  '/v1/messages/count_tokens': 'estimates if a host fails: test/routes/messages.test.ts',
  '/v1/responses/input_tokens': 'estimates if a host fails: test/routes/messages.test.ts',
  '/v1/classifiers': 'embeds its examples as /v1/embeddings does',
  '/v1/prompts/{name}/render': 'shows a request without sending it',
  '/v1/client_secrets': 'signs a token',
  '/v1/webhook_endpoints': 'keeps an address',
  '/v1/webhook_endpoints/{id}': 'changes an address',
  '/v1/webhook_endpoints/{id}/rotate_secret': 'changes a secret',
  '/v1/webhook_endpoints/{id}/deliveries/{event}/redeliver': 'sends an event again',
};
