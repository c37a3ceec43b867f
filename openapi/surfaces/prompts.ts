import { promptRequest } from '../../routes/prompts.ts';
import type { ErrorCode } from '../../src/base/errors.ts';
import { JSON_BODY, KEYED, type Operation } from '../operation.ts';
import { Prompt, PromptCompletion, PromptList, PromptRendering } from './prompts-answers.ts';
import { ChatCompletionChunk } from './text-answers.ts';

const UNKNOWN = ['prompt_not_found', 'prompt_version_not_found'] as const;
const READ = [...KEYED, 'scope_missing'] as const;
const request = { name: 'PromptRequest', schema: promptRequest() };

/** @param chat the errors of a chat completion */
export const promptOperations = (chat: readonly ErrorCode[]): readonly Operation[] => [
  {
    id: 'listPrompts',
    method: 'get',
    path: '/v1/prompts',
    tag: 'Prompts',
    summary: 'List the prompts',
    description: 'The files of `prompts/`, with the JSON Schemas of their variables and answers.',
    answer: { name: 'PromptList', schema: PromptList },
    errors: READ,
    example: {},
  },
  {
    id: 'getPrompt',
    method: 'get',
    path: '/v1/prompts/{name}',
    tag: 'Prompts',
    summary: 'Get a prompt',
    description: 'With a version in the name, `name@version`, it is only found while this version is deployed.',
    answer: { name: 'Prompt', schema: Prompt },
    errors: [...READ, ...UNKNOWN],
    example: { path: '/v1/prompts/summarize' },
  },
  {
    id: 'runPrompt',
    method: 'post',
    path: '/v1/prompts/{name}',
    tag: 'Prompts',
    summary: 'Run a prompt',
    description:
      'A chat completion with the messages of the prompt. If the prompt has an output schema, the answer has `output`, which fits it; a stream is not checked. Fields other than `variables` and `version` replace parameters of the prompt. Unknown fields are rejected. The body has at most 5 MiB.',
    request,
    answer: { name: 'PromptCompletion', schema: PromptCompletion },
    event: { name: 'ChatCompletionChunk', schema: ChatCompletionChunk },
    records: true,
    errors: [...chat, ...UNKNOWN, 'output_invalid'],
    example: {
      path: '/v1/prompts/sentiment',
      body: { variables: { review: 'The staff was friendly and the room was clean.' } },
    },
  },
  {
    id: 'renderPrompt',
    method: 'post',
    path: '/v1/prompts/{name}/render',
    tag: 'Prompts',
    summary: 'Show the chat request of a prompt',
    description: 'What running the prompt would send to the model. No model is asked. Needs an API key.',
    request,
    answer: { name: 'PromptRendering', schema: PromptRendering },
    errors: [...READ, ...JSON_BODY, ...UNKNOWN],
    example: { path: '/v1/prompts/translate/render', body: { variables: { text: 'the red house' } } },
  },
];
