import { describe, expect, it } from 'vitest';
import { WholeAnswer } from '../../../../src/hosts/stream/whole-answer.ts';

function wholeOf(...events: object[]) {
  const whole = new WholeAnswer();
  for (const event of events) whole.add(event as Record<string, unknown>);
  return { json: JSON.parse(whole.toJson()), isFinished: whole.isFinished };
}
const chunk = (delta: object, more: object = {}, top: object = {}) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: null, ...more }],
  ...top,
});

describe('a whole answer', () => {
  it('has the texts of its pieces, its end and its usage', () => {
    const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
    const { json, isFinished } = wholeOf(
      chunk({ role: 'assistant', content: '' }, {}, { usage: null, system_fingerprint: 'f' }),
      chunk({ reasoning_content: 'Let me ' }),
      chunk({ reasoning_content: 'see.' }),
      chunk({ role: 'assistant', content: 'One ' }),
      chunk({ content: 'two' }),
      chunk({}, { finish_reason: 'stop' }),
      { ...chunk({}), choices: [], usage },
    );
    expect(isFinished).toBe(true);
    expect(json).toEqual({
      id: 'c',
      object: 'chat.completion',
      created: 1,
      model: 'm',
      system_fingerprint: 'f',
      usage,
      choices: [
        {
          index: 0,
          finish_reason: 'stop',
          message: { role: 'assistant', content: 'One two', reasoning_content: 'Let me see.' },
        },
      ],
    });
  });

  it('has the calls of tools, with or without indexes', () => {
    const call = (index: number | undefined, id: string | undefined, name: string | undefined, args: string) => ({
      ...(index !== undefined && { index }),
      ...(id && { id, type: 'function' }),
      function: { ...(name && { name }), arguments: args },
    });
    for (const [first, second] of [
      [0, 1],
      [undefined, undefined],
    ]) {
      const { json } = wholeOf(
        chunk({ content: null, tool_calls: [call(first, 'a', 'look', '')] }),
        chunk({ tool_calls: [call(first, undefined, undefined, '{"at":')] }),
        chunk({ tool_calls: [call(first, undefined, undefined, '"x"}')] }),
        chunk({ tool_calls: [call(second, 'b', 'see', '{}')] }, { finish_reason: 'tool_calls' }),
      );
      expect(json.choices[0].message).toEqual({
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'look', arguments: '{"at":"x"}' } },
          { id: 'b', type: 'function', function: { name: 'see', arguments: '{}' } },
        ],
      });
    }
  });

  it('has several choices in their order, and their logprobs', () => {
    const { json, isFinished } = wholeOf(
      chunk({ content: 'b' }, { index: 1, logprobs: { content: [{ token: 'b' }] } }),
      chunk({ content: 'a' }, { logprobs: { content: [{ token: 'a' }] } }),
      chunk({ content: 'c' }, { index: 1, finish_reason: 'length', logprobs: { content: [{ token: 'c' }] } }),
    );
    expect(isFinished).toBe(false);
    expect(json.choices).toEqual([
      {
        index: 0,
        finish_reason: null,
        message: { role: 'assistant', content: 'a' },
        logprobs: { content: [{ token: 'a' }] },
      },
      {
        index: 1,
        finish_reason: 'length',
        message: { role: 'assistant', content: 'bc' },
        logprobs: { content: [{ token: 'b' }, { token: 'c' }] },
      },
    ]);
  });

  it('can be that of a completion', () => {
    const piece = (text: string, finish_reason: string | null = null) => ({
      object: 'text_completion',
      choices: [{ index: 0, text, logprobs: null, finish_reason }],
    });
    expect(wholeOf(piece('a'), piece('b', 'stop')).json).toEqual({
      object: 'text_completion',
      choices: [{ index: 0, text: 'ab', logprobs: null, finish_reason: 'stop' }],
    });
  });
});
