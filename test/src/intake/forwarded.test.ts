import { describe, expect, it } from 'vitest';
import { takePictures } from '../../../src/base/bytes/large-strings.ts';
import { ForwardedBody } from '../../../src/intake/forwarded.ts';

const utf8 = new TextEncoder();
const decode = (bytes: Uint8Array | undefined) =>
  new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
const forwarded = (text: string) => new ForwardedBody(utf8.encode(text), text);
const MESSAGES = [{ role: 'user', content: 'né 日本 😀 {"model":"x"}' }];

describe('a body that is passed on', () => {
  it('has the new model in the place of the old one, which spaces fill', () => {
    const body = forwarded('{"model":"openai/gpt","n":1}');
    expect(decode(body.withModel('gpt'))).toBe('{"model":"gpt"       ,"n":1}');
  });

  it.each([
    ['first', { model: 'openai/some-model', messages: MESSAGES, n: 1 }],
    ['last', { messages: MESSAGES, n: 1, model: 'openai/some-model' }],
    ['in the middle', { messages: MESSAGES, model: 'é', a: MESSAGES, b: MESSAGES }],
    ['of several bytes a character', { model: '日本語', messages: MESSAGES }],
  ])('is the same but for its model, which is %s, for one target after the other', (_, body) => {
    for (const indent of [0, 2]) {
      const whole = forwarded(JSON.stringify(body, null, indent));
      // Shorter, longer than there is room, of several bytes a character, and shorter again.
      for (const model of ['m', 'm'.repeat(100), '日本', '日本'.repeat(20), '"\\', 'some-model']) {
        expect(JSON.parse(decode(whole.withModel(model)))).toEqual({ ...body, model });
      }
    }
  });

  it('stays as long as its text, so nothing is moved, if the model is not longer', () => {
    const bytes = utf8.encode(JSON.stringify({ messages: MESSAGES, model: 'openai/some-model' }));
    const body = new ForwardedBody(bytes, decode(bytes));
    expect(body.withModel('some-model')).toBe(bytes);
  });

  it.each(['before', 'after'])('keeps large contents %s its model', (place) => {
    const messages = [{ role: 'user', content: 'A'.repeat(3_000_000) }, ...MESSAGES];
    const body = place === 'before' ? { messages, model: 'openai/m' } : { model: 'openai/m', messages };
    const bytes = utf8.encode(JSON.stringify(body));
    const taken = takePictures(bytes);
    const text = decode(taken?.rest);
    expect(text.length).toBeLessThan(1_000);
    const whole = new ForwardedBody(bytes, text, taken?.large);
    for (const model of ['m', 'a-much-longer-name', 'mm']) {
      expect(JSON.parse(decode(whole.withModel(model))).model).toBe(model);
      expect(JSON.parse(decode(whole.withModel(model))).messages).toEqual(messages);
    }
  });

  it.each([
    ['names its model twice', '{"model":"a","model":"b"}'],
    ['begins with a byte order mark', '\ufeff{"model":"a"}'],
    ['has no model', '{"messages":[]}'],
  ])('is written anew if it %s', (_, text) => {
    const bytes = utf8.encode(text);
    expect(new ForwardedBody(bytes, text.replace('\ufeff', '')).withModel('m')).toBeUndefined();
  });
});
