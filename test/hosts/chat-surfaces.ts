import { type Surface, streamed, whole } from './surface.ts';
import { chatDelta, chatMessage, limited, streaming } from './texts.ts';

/** Chats, legacy completions, and prompts. */

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

export const chatSurfaces: readonly Surface[] = [
  chat,
  chatStream,
  collectedChat,
  completion,
  completionStream,
  prompt,
  promptStream,
];
