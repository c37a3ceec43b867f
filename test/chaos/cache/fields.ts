/**
 * A chat with every field of the schema, and others, each with another value. A test compares the names with
 * those of the schema.
 */
export const FIELDS: Readonly<Record<string, readonly [value: unknown, other: unknown]>> = {
  temperature: [0.5, 0.6],
  top_p: [0.5, 0.6],
  n: [1, 2],
  max_tokens: [60, 61],
  max_completion_tokens: [50, 51],
  stop: [
    ['a', 'b'],
    ['b', 'a'],
  ],
  seed: [1, 2],
  presence_penalty: [0, 1],
  frequency_penalty: [0, 1],
  logit_bias: [{ 5: 1 }, { 5: 2 }],
  logprobs: [false, true],
  top_logprobs: [1, 2],
  best_of: [1, 2],
  tools: [toolsOf('a'), toolsOf('b')],
  tool_choice: ['auto', 'none'],
  parallel_tool_calls: [true, false],
  response_format: [formatOf('string'), formatOf('number')],
  stream_options: [
    { include_usage: true, x: 1 },
    { include_usage: true, x: 2 },
  ],
  reasoning_effort: ['low', 'high'],
  user: ['a', 'b'],
  metadata: [{ a: { b: ['c'] } }, { a: { b: ['d'] } }],
  prompt: ['a', 'b'],
  unknown: [1, 2],
  unknown_nested: [{ a: [{ b: 1 }] }, { a: [{ b: 2 }] }],
};

function toolsOf(description: string): unknown {
  const properties = { q: { type: 'string', description } };
  return [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties } } }];
}

function formatOf(type: string): unknown {
  const schema = { type: 'object', properties: { a: { type } } };
  return { type: 'json_schema', json_schema: { name: 'x', schema } };
}

const say = (content: unknown, more: object = {}) => ({ role: 'user', content, ...more });

/** Conversations that all end with the same message. */
export const conversations = (text: string): readonly (readonly object[])[] => [
  [say(text)],
  [{ role: 'system', content: 'Be kind.' }, say(text)],
  [{ role: 'system', content: 'Be short.' }, say(text)],
  [{ role: 'developer', content: 'Be short.' }, say(text)],
  [say('one'), { role: 'assistant', content: 'two' }, say(text)],
  [say('one'), { role: 'assistant', content: 'three' }, say(text)],
  [say(text, { name: 'a' })],
  [say(text, { name: 'b' })],
  [say([{ type: 'text', text }])],
  [
    say([
      { type: 'text', text },
      { type: 'text', text: 'more' },
    ]),
  ],
  [
    say([
      { type: 'text', text: 'more' },
      { type: 'text', text },
    ]),
  ],
  [say(text), say(text)],
];
