import { chatRequest } from '../../routes/chat.ts';
import { completionRequest } from '../../routes/completions.ts';
import { type Operation, RUNS, STREAMED } from '../operation.ts';
import { ChatCompletion, ChatCompletionChunk, Completion } from './text-answers.ts';

export const text: readonly Operation[] = [
  {
    id: 'createChatCompletion',
    method: 'post',
    path: '/v1/chat/completions',
    alsoAt: ['/models/{id}/v1/chat/completions', '/hf-inference/models/{id}/v1/chat/completions'],
    tag: 'Text',
    summary: 'Create a chat completion',
    description:
      "OpenAI's chat completions. Fields that are not listed here are forwarded to the host unchanged. A stream ends with `data: [DONE]`; if it breaks, its last event is an error. The body has at most 14 MiB, and 5 MiB besides pictures.",
    request: { name: 'ChatRequest', schema: chatRequest() },
    answer: { name: 'ChatCompletion', schema: ChatCompletion },
    event: { name: 'ChatCompletionChunk', schema: ChatCompletionChunk },
    records: true,
    errors: [...STREAMED, ...RUNS, 'prompt_not_found', 'prompt_version_not_found'],
    example: {
      body: {
        model: 'text',
        messages: [
          {
            role: 'user',
            content:
              "Q: If I have 3 apples and buy 2 more, then give away 1, how many do I have? Let's think step by step.",
          },
        ],
        temperature: 0,
      },
    },
  },
  {
    id: 'createCompletion',
    method: 'post',
    path: '/v1/completions',
    alsoAt: ['/models/{id}/v1/completions', '/hf-inference/models/{id}/v1/completions'],
    tag: 'Text',
    summary: 'Create a completion',
    description:
      "OpenAI's legacy completions. If the host only has chat, the prompt becomes a chat of one message, and `suffix` and `logprobs` are rejected. The body has at most 5 MiB.",
    request: { name: 'CompletionRequest', schema: completionRequest() },
    answer: { name: 'Completion', schema: Completion },
    event: { name: 'Completion', schema: Completion },
    records: true,
    errors: [...STREAMED, ...RUNS],
    example: {
      body: { model: 'text', prompt: 'sea => mer\ncheese => fromage\nhouse =>', max_tokens: 8, temperature: 0 },
    },
  },
];
