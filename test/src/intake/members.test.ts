import { describe, expect, it } from 'vitest';
import { valueSpan } from '../../../src/intake/members.ts';

const valueIn = (text: string) => {
  const span = valueSpan(text, 'model');
  return span && text.slice(...span);
};

describe('the position of a member', () => {
  it.each([
    ['{"model":"a","messages":[]}', '"a"'],
    ['{"messages":[{"model":"no"}],"model":"a"}', '"a"'],
    [' {\n\t"x" : {"model": [1, "}"]} ,\r\n "model" : "a\\"b" , "y":null } ', '"a\\"b"'],
    ['{"a":"\\\\","model":"a"}', '"a"'],
    ['{"a":"\\"model\\":\\"x\\"","model":"a"}', '"a"'],
    ['{"mod\\u0065l":"a"}', '"a"'],
    ['{"n":-1.5e3,"t":true,"model":"a"}', '"a"'],
    ['{"model":{"a":[{}]}}', '{"a":[{}]}'],
  ])('is found in %s', (text, value) => expect(valueIn(text)).toBe(value));

  it.each([
    '{}',
    '{"messages":[]}',
    '[{"model":"a"}]',
    '"model"',
    // Which of the two is used depends on the host.
    '{"model":"a","model":"b"}',
    '{"model":"a","\\u006dodel":"b"}',
  ])('is not found in %s', (text) => expect(valueIn(text)).toBeUndefined());

  it('is found in any key order and spacing of a real request', () => {
    const request = {
      stream: true,
      messages: [{ role: 'user', content: 'say {"model": "x"}, é' }],
      model: 'text',
      n: 1,
    };
    for (const indent of [0, 2, '\t']) {
      for (const keys of [
        ['model', 'messages', 'n', 'stream'],
        ['n', 'stream', 'messages', 'model'],
      ]) {
        const text = JSON.stringify(request, keys.concat(['role', 'content']), indent);
        const [start, end] = valueSpan(text, 'model') ?? [0, 0];
        const replaced = `${text.slice(0, start)}"other"${text.slice(end)}`;
        expect(JSON.parse(replaced)).toEqual({ ...JSON.parse(text), model: 'other' });
      }
    }
  });
});
