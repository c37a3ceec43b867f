import { describe, expect, it } from 'vitest';
import { fillIn, isPlain, takeLargeStrings, takePictures } from '../../../../src/base/bytes/large-strings.ts';
import { LargeBody, Placeholders } from '../../../../src/base/bytes/placeholders.ts';
import { randomFrom } from '../../../support/random.ts';
import { times } from '../../../support/soak.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const everything = () => false;

/** A random value with strings of every kind, short and long. */
function randomValue(random: () => number, depth = 0): unknown {
  const pick = Math.floor(random() * (depth > 3 ? 4 : 6));
  const text = () => {
    const kinds = ['plain text', 'é "quoted" \\ \n', 'QUJD', '\\\\"', '{"a":[', '\u2028', ''];
    return (kinds[Math.floor(random() * kinds.length)] ?? '').repeat(1 + Math.floor(random() * 12));
  };
  if (pick === 0) return Math.floor(random() * 1000) / 8;
  if (pick === 1) return random() < 0.5 ? null : true;
  if (pick <= 3) return text();
  const entries = Array.from({ length: Math.floor(random() * 5) }, () => randomValue(random, depth + 1));
  return pick === 4 ? entries : Object.fromEntries(entries.map((entry, i) => [`${text()}${i}`, entry]));
}

describe('large strings', () => {
  it('are replaced and restored without a change, in many random values', () => {
    const random = randomFrom(3);
    for (let i = 0; i < times(500, 3_000); i++) {
      const value = randomValue(random);
      const json = JSON.stringify(value, null, random() < 0.5 ? 2 : undefined);
      // Only strings without escapes can be restored unchanged.
      const { rest, large } = takeLargeStrings(encode(json), 8, isPlain);
      const parsed = JSON.parse(decode(rest));
      expect(fillIn(parsed, large, everything)).toEqual(JSON.parse(json));
      const body = large.into(decode(rest));
      expect(typeof body === 'string' ? body : decode(new Uint8Array(body.length))).toHaveLength(
        typeof body === 'string' ? json.length : encode(json).length,
      );
    }
  });

  it('are only searched for if two quotes are far apart', () => {
    const many = encode(JSON.stringify(Array.from({ length: 300_000 }, (_, i) => `text ${i}`)));
    expect(takePictures(many)).toBeUndefined();
    const picture = 'QUJD'.repeat(500_000);
    const taken = takePictures(encode(JSON.stringify({ a: 'é', picture, list: [picture, 1] })));
    expect(taken?.large.size).toBe(2);
    expect(taken?.rest.length).toBeLessThan(200);
  });

  it.each([
    ['an escape', `${'x'.repeat(3_000_000)}\\n`],
    ['a control character', `${'x'.repeat(3_000_000)}\u0001`],
    ['another alphabet', `${'x'.repeat(3_000_000)}é`],
  ])('with %s are left to the parser', (_, content) => {
    expect(takePictures(encode(`{"a":"${content}"}`))).toBeUndefined();
  });

  it('do not hide malformed JSON', () => {
    const picture = 'A'.repeat(3_000_000);
    for (const json of [`{"a":"${picture}"`, `{"a":"${picture}",}`, `"${picture}`, `{"a":"${picture}" "b":1}`]) {
      const taken = takePictures(encode(json));
      expect(() => JSON.parse(decode(taken?.rest ?? encode(json)))).toThrow();
    }
  });
});

describe('a request body with large contents', () => {
  it('is complete each time it is sent, with its length declared', async () => {
    const placeholders = new Placeholders();
    const picture = Uint8Array.from({ length: 200_001 }, (_, i) => i % 251);
    const json = JSON.stringify({ é: placeholders.base64(picture), raw: placeholders.raw(encode('"')), end: 'ü' });
    const body = placeholders.into(json);
    if (!(body instanceof LargeBody)) throw new Error('a string');
    for (let i = 0; i < 2; i++) {
      const sent = new Uint8Array(await new Response(body.stream()).arrayBuffer());
      expect(sent.length).toBe(body.length);
      expect(decode(sent)).toBe(`{"é":"${picture.toBase64()}","raw":""","end":"ü"}`);
    }
  });

  it('is the text itself if there are none', () => {
    expect(new Placeholders().into('{"a":1}')).toBe('{"a":1}');
  });
});
