import { describe, expect, it } from 'vitest';
import { ForwardedBody } from '../../../../src/intake/forwarded.ts';
import { chatOf } from '../../../../src/surfaces/prompts/chat-body.ts';
import type { Prompt } from '../../../../src/surfaces/prompts/prompt.ts';
import { callFor } from '../../../support/call.ts';

const prompt: Prompt = {
  name: 'p',
  version: 'v',
  description: '',
  model: 'text',
  parameters: { max_completion_tokens: 50, seed: 1 },
  messages: [{ role: 'user', content: { $fill: ['é'.repeat(1000), ['a']] } }],
  input: { type: 'object', properties: { a: { type: 'string' } } },
};

describe('the chat request of a prompt', () => {
  it('counts the bytes of the messages, for limits on tokens', () => {
    const { call } = chatOf(
      { prompt, variables: { a: '' }, body: {} },
      callFor('text-generation', {}, { textBytes: 100, forwarded: new ForwardedBody(new Uint8Array(), '{}') }),
    );
    expect(call.textBytes).toBeGreaterThanOrEqual(2100);
    expect(call.textBytes).toBeLessThan(2200);
    expect(call.forwarded).toBeUndefined();
    expect(call.report.prompt).toBe('p@v');
  });

  it.each([
    [{}, { max_completion_tokens: 50 }],
    [{ max_tokens: null }, { max_completion_tokens: 50, max_tokens: null }],
    [{ max_tokens: 5 }, { max_tokens: 5 }],
    [{ max_completion_tokens: 5 }, { max_completion_tokens: 5 }],
  ])('has one limit of tokens: %j', (fields, expected) => {
    const { model, messages, ...rest } = chatOf(
      { prompt, variables: { a: 'x' }, body: fields },
      callFor('text-generation'),
    ).input;
    expect(rest).toEqual({ seed: 1, ...expected });
  });
});
