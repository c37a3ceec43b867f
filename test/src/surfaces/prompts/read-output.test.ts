import { describe, expect, it } from 'vitest';
import { readOutput } from '../../../../src/surfaces/prompts/read-output.ts';

const schema = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] } as const;
const read = (content: unknown) =>
  readOutput({ name: 'p' } as never, schema as never, { choices: [{ message: { content } }] } as never);

describe('the output of a prompt', () => {
  it.each([
    ['alone', '{"a":1}'],
    ['in a fence', '```json\n{"a":1}\n```'],
    ['in a fence of one line', '```json {"a":1}```'],
    ['in a fence with words around it', 'Here it is:\n```\n{"a":1}\n```\nAnything else?'],
    ['behind what the model thought', '<think>{"a":2}? No.</think>\n{"a":1}'],
    ['behind what it thought, whose beginning the host took for its own', 'So, 1.\n</think>\n```json\n{"a":1}\n```'],
  ])('is found %s', (_, content) => {
    expect(read(content)).toEqual({ a: 1 });
  });

  it('is found in parts', () => {
    const parts = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
      { type: 'text', text: '{"a":' },
    ];
    expect(read([...parts, { type: 'text', text: '1}' }])).toEqual({ a: 1 });
  });

  it.each([
    ['is in one of two fences', '```\n{"a":1}\n```\n```\n{"a":2}\n```'],
    ['is no JSON', 'No.'],
    ['is nothing', null],
  ])('is refused if it %s', (_, content) => {
    expect(() => read(content)).toThrow(expect.objectContaining({ code: 'output_invalid' }));
  });

  it('keeps a fence within a string', () => {
    const text = JSON.stringify({ a: 1, b: '```x```' });
    expect(read(text)).toMatchObject({ a: 1 });
  });
});
