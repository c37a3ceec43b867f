import { readFileSync } from 'node:fs';
import {
  failureIn,
  type Gateway,
  type Json,
  readStream,
  type Seen,
  type Surface,
  send,
  streamed,
  whole,
} from './surface.ts';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/pictures/${name}`, import.meta.url));
const PICTURE = fixture('cat.png');

const messages = [{ role: 'user', content: 'Go.' }];

/** A text may be an array of parts: then these are all of it. */
const textOf = (content: Json): string =>
  Array.isArray(content)
    ? content.map((part: Json) => (part.type === 'text' ? part.text : '')).join('')
    : (content ?? '');
const reasoningOf = (message: Json): string => {
  const parts = Array.isArray(message?.content) ? message.content : [];
  const thoughts = parts.flatMap((part: Json) => (part.type === 'thinking' ? part.thinking : []));
  return message?.reasoning_content ?? message?.reasoning ?? thoughts.map((part: Json) => part.text ?? part).join('');
};
const chatMessage = ({ choices }: Json) => ({
  text: textOf(choices[0]?.message?.content),
  reasoning: reasoningOf(choices[0]?.message),
});
const chatDelta = (event: Json) => ({
  text: textOf(event?.choices?.[0]?.delta?.content),
  reasoning: reasoningOf(event?.choices?.[0]?.delta),
});

const chat: Surface = {
  name: 'chat',
  paths: ['/v1/chat/completions'],
  asks: 'chat',
  hasReasoning: true,
  isCommon: true,
  ask: (gateway, model) => whole(gateway, '/v1/chat/completions', { model, messages }, chatMessage),
};
const chatStream: Surface = {
  name: 'chat stream',
  paths: ['/v1/chat/completions'],
  asks: 'chat stream',
  hasReasoning: true,
  isCommon: true,
  ask: (gateway, model) => streamed(gateway, '/v1/chat/completions', { model, messages, stream: true }, chatDelta),
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
    streamed(gateway, '/v1/completions', { model, prompt: 'Go.', stream: true }, (event) => ({
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
  ask: (gateway, model) => whole(gateway, '/v1/responses', { model, input: 'Go.' }, responseSeen),
};
const responseStream: Surface = {
  name: 'response stream',
  paths: ['/v1/responses'],
  asks: 'chat stream',
  hasReasoning: true,
  async ask(gateway, model) {
    const answer = await send(gateway, '/v1/responses', { model, input: 'Go.', stream: true });
    const failure = failureIn(answer);
    if (failure) return failure;
    let seen: Omit<Seen, 'status'> = { isOpen: true };
    readStream(answer.text, ({ type, response }) => {
      if (/^response\.(completed|incomplete|failed)$/.test(type)) seen = responseSeen(response);
      return {};
    });
    return { status: answer.status, ...seen };
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
    const body = { model, messages, stream: asks === 'chat stream' };
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
    const body = { model, messages, stream: asks === 'chat stream' };
    const twice = async (): Promise<Seen> => {
      const answer = await send(gateway, '/v1/chat/completions', body, key);
      const failure = failureIn(answer);
      if (failure) return failure;
      const { status, text } = answer;
      return { status, ...(asks === 'chat' ? chatMessage(JSON.parse(text)) : readStream(text, chatDelta)) };
    };
    const first = await twice();
    const second = await twice();
    if (JSON.stringify(first) !== JSON.stringify(second)) {
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
  hasReasoning: true,
  ask: (gateway, model) => whole(gateway, '/v1/prompts/summarize', { model, variables }, chatMessage),
};
const promptStream: Surface = {
  name: 'prompt stream',
  paths: ['/v1/prompts/{name}'],
  asks: 'chat stream',
  hasReasoning: true,
  ask: (gateway, model) => streamed(gateway, '/v1/prompts/summarize', { model, variables, stream: true }, chatDelta),
};

const ofModel = (model: string, more = '') => `/models/${model}${more}`;
const generation: Surface = {
  name: 'hub: text generation',
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
    return { status: answer.status, text, failed, isOpen: !failed && whole === null };
  },
};
const summary: Surface = {
  name: 'hub: summarization',
  paths: ['/models/{id}'],
  asks: 'chat',
  ask: (gateway, model) =>
    whole(gateway, ofModel(model, '/pipeline/summarization'), { inputs: 'Go.' }, ([{ summary_text }]) => ({
      text: summary_text,
    })),
};
const translation: Surface = {
  name: 'hub: translation',
  paths: ['/models/{id}'],
  asks: 'chat',
  ask: (gateway, model) =>
    whole(gateway, ofModel(model), { inputs: 'Go.', parameters: { tgt_lang: 'fr' } }, ([{ translation_text }]) => ({
      text: translation_text,
    })),
};
const hubChat: Surface = {
  name: 'hub: chat',
  paths: ['/models/{id}'],
  asks: 'chat',
  hasReasoning: true,
  ask: (gateway, model) => whole(gateway, ofModel(model, '/v1/chat/completions'), { messages }, chatMessage),
};

/** A tool over MCP: a failure is a result that the model reads, with status 200. */
async function callTool(gateway: Gateway, name: string, args: object, isStreamed: boolean): Promise<Seen> {
  const _meta = isStreamed ? { progressToken: 1 } : {};
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args, _meta } };
  const answer = await send(gateway, '/mcp', body, { accept: 'application/json, text/event-stream' });
  const failure = failureIn(answer);
  if (failure) return failure;
  let told = '';
  let message: Json;
  if (isStreamed) {
    readStream(answer.text, (event) => {
      if (event.method === 'notifications/progress') told += event.params.message;
      else message = event;
      return {};
    });
  } else message = JSON.parse(answer.text);
  const { content, isError } = message.result;
  const text = content.map((part: Json) => part.text ?? '').join('');
  if (isError) return { status: answer.status, text: told, failed: { message: text } };
  return { status: answer.status, text };
}
const tool: Surface = {
  name: 'mcp',
  paths: ['/mcp'],
  asks: 'chat',
  ask: (gateway, model) => callTool(gateway, 'chat', { model, prompt: 'Go.' }, false),
};
const toolStream: Surface = {
  name: 'mcp with progress',
  paths: ['/mcp'],
  asks: 'chat stream',
  ask: (gateway, model) => callTool(gateway, 'chat', { model, prompt: 'Go.' }, true),
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

export const surfaces: readonly Surface[] = [
  chat,
  chatStream,
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
  generation,
  generationStream,
  summary,
  translation,
  hubChat,
  tool,
  toolStream,
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
