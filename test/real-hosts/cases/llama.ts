import type { Case } from '../case.ts';

/** Requests to llama-server with a language model. */

const hi = [{ role: 'user', content: 'hi' }];
const base = { messages: hi, max_tokens: 12, temperature: 0 };
const tool = {
  type: 'function',
  function: {
    name: 'look',
    description: 'Looks',
    parameters: { type: 'object', properties: { at: { type: 'string' } } },
  },
};
const called = (args = '{}') => [
  ...hi,
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'a', type: 'function', function: { name: 'look', arguments: args } }],
  },
];
const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } };
const schema = { type: 'object', properties: { a: { type: 'integer', minimum: 0, maximum: 9 } }, required: ['a'] };

const chats: Readonly<Record<string, object>> = {
  plain: base,
  'without a limit on tokens': { messages: hi, temperature: 0, stop: ['a', 'b', 'c'] },
  max_completion_tokens: { messages: hi, temperature: 0, max_completion_tokens: 5 },
  'system and developer': { ...base, messages: [{ role: 'system', content: 'be' }, ...hi] },
  'parts of text': {
    ...base,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'hi' },
          { type: 'text', text: 'ho' },
        ],
      },
    ],
  },
  'another character set': { ...base, messages: [{ role: 'user', content: 'Grüße, 世界 🙂' }] },
  'a conversation': { ...base, messages: [...hi, { role: 'assistant', content: 'ho' }, ...hi] },
  seed: { ...base, temperature: 1, seed: 7 },
  stop: { ...base, max_tokens: 40, stop: 'e' },
  'stop as a list': { ...base, max_tokens: 40, stop: ['e', 't'] },
  'top_p and penalties': { ...base, top_p: 0.5, frequency_penalty: 1, presence_penalty: 1 },
  logit_bias: { ...base, logit_bias: { 65: -100 } },
  logprobs: { ...base, max_tokens: 3, logprobs: true, top_logprobs: 2 },
  'a JSON object': { ...base, max_tokens: 60, response_format: { type: 'json_object', schema } },
  'a JSON schema': {
    ...base,
    max_tokens: 60,
    response_format: { type: 'json_schema', json_schema: { name: 'x', schema, strict: true } },
  },
  'a grammar of the host': { ...base, grammar: 'root ::= "yes" | "no"' },
  'tools, auto': { ...base, tools: [tool], tool_choice: 'auto' },
  'tools, none': { ...base, tools: [tool], tool_choice: 'none' },
  'tools, required': { ...base, max_tokens: 80, tools: [tool], tool_choice: 'required' },
  'tools, a named one': {
    ...base,
    max_tokens: 80,
    tools: [tool],
    tool_choice: { type: 'function', function: { name: 'look' } },
  },
  'the output of a tool': {
    ...base,
    tools: [tool],
    messages: [...called(), { role: 'tool', tool_call_id: 'a', content: 'a cat' }],
  },
  'parameters of the host': { ...base, top_k: 1, min_p: 0.1, repeat_penalty: 1.1, cache_prompt: false, mirostat: 0 },
  'timings of each token': { ...base, timings_per_token: true },
  'two choices': { ...base, n: 2 },
  user: { ...base, user: 'u', metadata: { a: 'b' }, store: false },
  'a prompt that is longer than the context': { ...base, messages: [{ role: 'user', content: 'a'.repeat(3_000) }] },
  'a picture': { ...base, messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }, picture] }] },
  'a picture in the output of a tool': {
    ...base,
    messages: [...called(), { role: 'tool', tool_call_id: 'a', content: [picture] }],
  },
  'broken arguments': { ...base, messages: [...called('{broken'), { role: 'tool', tool_call_id: 'a', content: 'x' }] },
  'a schema that is none': {
    ...base,
    response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'nonsense' } } },
  },
  'a grammar that is none': { ...base, grammar: 'root ::=' },
  'a tool_choice that is none': { ...base, tools: [tool], tool_choice: 'perhaps' },
  'an unknown role': { ...base, messages: [{ role: 'narrator', content: 'hi' }] },
  'no messages': { ...base, messages: [] },
  'a temperature of text': { ...base, temperature: 'high' },
  'max_tokens 0': { ...base, max_tokens: 0 },
  'an unknown field': { ...base, no_such_field: { a: 1 } },
};

/** Those whose answers are chosen by chance. */
const RANDOM = new Set(['two choices']);

const completions: Readonly<Record<string, object>> = {
  plain: { prompt: 'hi', max_tokens: 8, temperature: 0 },
  'three prompts': { prompt: ['a', 'b', 'c'], max_tokens: 4, temperature: 0 },
  echo: { prompt: 'hi', max_tokens: 4, temperature: 0, echo: true },
  logprobs: { prompt: 'hi', max_tokens: 3, temperature: 0, logprobs: 2 },
  suffix: { prompt: 'hi', suffix: 'ho', max_tokens: 4, temperature: 0 },
  stop: { prompt: 'hi', max_tokens: 40, temperature: 0, stop: ['e'] },
  'an empty prompt': { prompt: '', max_tokens: 4, temperature: 0 },
  'a prompt of tokens': { prompt: [72, 73], max_tokens: 4, temperature: 0 },
  'a prompt that is longer than the context': { prompt: 'a'.repeat(3_000), max_tokens: 4 },
};

const host = 'llama' as const;

export const llamaCases: readonly Case[] = [
  ...Object.entries(chats).flatMap(([name, body]): Case[] => {
    const random = RANDOM.has(name) ? { isRandom: true as const } : {};
    const path = '/chat/completions';
    return [
      { name: `chat: ${name}`, host, path, body, ...random },
      { name: `chat stream: ${name}`, host, path, body: { ...body, stream: true }, ...random },
    ];
  }),
  ...Object.entries(completions).flatMap(([name, body]): Case[] => [
    { name: `completion: ${name}`, host, path: '/completions', body },
    { name: `completion stream: ${name}`, host, path: '/completions', body: { ...body, stream: true } },
  ]),
  {
    name: 'chat stream: usage',
    host,
    path: '/chat/completions',
    body: { ...base, stream: true, stream_options: { include_usage: true } },
  },
  { name: 'embeddings of a language model', host, path: '/embeddings', body: { input: 'hi' } },
  { name: 'speech', host, path: '/audio/speech', body: { input: 'hi', voice: 'a' } },
  { name: 'a picture of a language model', host, path: '/images/generations', body: { prompt: 'a cat' } },
  { name: 'an unknown model at a router', host: 'router', path: '/chat/completions', body: base },
];
