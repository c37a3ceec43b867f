import { describe, expect, it } from 'vitest';
import { chatCompletions } from '../../routes/chat.ts';
import { classify } from '../../routes/classify.ts';
import { embeddings } from '../../routes/embeddings.ts';
import { similarity } from '../../routes/similarity.ts';
import type { Route } from '../../src/route.ts';
import { randomFrom } from '../support/random.ts';

/** The schema of a route accepts everything that its quick check accepts, and leaves it unchanged. */

const VALUES: readonly unknown[] = [
  ...[undefined, null, true, false, 0, -1, 1, 2, 0.5, 1e9, 2 ** 53, Number.NaN, '', 'a', 'float', 'base64', 'text'],
  ...['x'.repeat(201), [], {}, [''], ['a'], ['a', 'b'], ['a', 1], [[1, 2]], [null], Array(2049).fill('a')],
  ...[[{ role: 'user', content: 'hi' }], [{ role: 'user', content: null }], [{ role: 'robot', content: 'hi' }]],
  ...[[{ role: 'system' }], [{ content: 'hi' }], [{ role: 'user', content: 'hi', name: 'x' }, null], [[]], [{}]],
  ...[{ text: 'a' }, { image: 'b' }, { __proto__: null }, [{ text: 'a' }], [{ label: 'a', prompts: ['b'] }]],
];

const CASES: readonly (readonly [Route, Record<string, unknown>])[] = [
  [chatCompletions, { model: 'text', messages: [{ role: 'user', content: 'hi' }], stream: true, temperature: 0.5 }],
  [embeddings, { model: 'embed', input: ['a', 'b'], encoding_format: 'float' }],
  [similarity, { model: 'clip', query: 'a', documents: ['b', 'c'], top_n: 1 }],
  [classify, { model: 'clip', input: 'a', labels: ['b', 'c'], top_k: 1 }],
];

describe.each(CASES)('the quick check of $path', (route, usual) => {
  const fields = [...Object.keys(usual), 'dimensions', 'return_documents', 'stop', 'seed', 'constructor', '__proto__'];
  const accepts = (body: unknown) => route.acceptsUnparsed?.(body) ?? false;

  it('accepts the usual request, and rejects an unknown field', () => {
    expect(accepts(usual)).toBe(true);
    expect(accepts({ ...usual, something_else: 1 })).toBe(false);
  });

  it('accepts only what the schema accepts unchanged, in 20,000 bodies', () => {
    const random = randomFrom(11);
    const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
    let accepted = 0;
    for (let i = 0; i < 20_000; i++) {
      const body: Record<string, unknown> = { ...usual };
      for (let changes = Math.floor(random() * 3); changes >= 0; changes--) {
        const field = pick(fields);
        if (random() < 0.3) delete body[field];
        else
          Object.defineProperty(body, field, {
            value: pick(VALUES),
            enumerable: true,
            configurable: true,
            writable: true,
          });
      }
      if (!accepts(body)) continue;
      accepted++;
      const result = route.schema?.().safeParse(body);
      expect(result?.success, JSON.stringify(body)).toBe(true);
      expect(result?.data).toEqual(body);
    }
    expect(accepted).toBeGreaterThan(500);
  });

  it.each([null, undefined, 1, 'text', [], [usual]])('does not accept %j', (body) => expect(accepts(body)).toBe(false));
});
