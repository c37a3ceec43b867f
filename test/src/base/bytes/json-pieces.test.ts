import { describe, expect, it } from 'vitest';
import { jsonAnswer, jsonPieces } from '../../../../src/base/bytes/json-pieces.ts';

/** A JSON array of strings, in pieces: of one to four bytes a character, some longer than any buffer. */
function* pieces(): Generator<string> {
  yield '["head"';
  for (let i = 1; i <= 120; i++) yield `,${JSON.stringify(['a', 'é', '€', '😀'][i % 4]?.repeat(i * i))}`;
  yield `,${JSON.stringify('€😀'.repeat(100_000))}`;
  yield ']';
}

const expected = [...pieces()].join('');

describe('a JSON answer in pieces', () => {
  it('is one text if it is short', async () => {
    const answer = jsonAnswer(['{"a":', '1}'], { 'x-name': 'value' });
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('x-name')).toBe('value');
    expect(await answer.json()).toEqual({ a: 1 });
    expect(await jsonAnswer([]).text()).toBe('');
  });

  it('is complete if it is long', async () => {
    expect(await jsonAnswer(pieces()).text()).toBe(expected);
  });

  it('is complete for a client that reads a thousand bytes at a time', async () => {
    const reader = jsonAnswer(pieces()).body?.getReader({ mode: 'byob' });
    const chunks: Uint8Array[] = [];
    for (;;) {
      const { value, done } = (await reader?.read(new Uint8Array(1_000))) ?? { done: true };
      if (done) break;
      if (value) chunks.push(value);
    }
    expect(await new Blob(chunks).text()).toBe(expected);
  });

  it('is made while it is read, not before', async () => {
    let made = 0;
    const endless = (function* () {
      for (;;) {
        made += 1_000;
        yield 'x'.repeat(1_000);
      }
    })();
    const reader = jsonAnswer(endless).body?.getReader();
    await reader?.read();
    await scheduler.wait(10);
    expect(made).toBeLessThan(400_000);
    await reader?.cancel();
  });

  it('never looks complete if a piece fails', async () => {
    const failing = (function* () {
      yield 'x'.repeat(200_000);
      throw new Error('broken');
    })();
    await expect(jsonAnswer(failing).text()).rejects.toThrow('broken');
  });
});

const long = `${'x'.repeat(65_535)}🎈 "\n\\ ${'é'.repeat(200_000)}`;

it.each([
  [{ a: 1, b: [1, 2], c: [{ d: null }, { e: [] }], f: {}, g: [], h: 'text', i: true }],
  [[{ a: long }, 'b', 3]],
  [{ [long]: [long, long] }],
  [long],
  [7],
])('is the JSON of a value, case %#', (value) => {
  expect(JSON.parse([...jsonPieces(value)].join(''))).toEqual(value);
});

it('has what JSON.stringify has, and leaves out what it leaves out', () => {
  const value = { a: undefined, b: [undefined, 1], c: [{ d: undefined }] };
  expect([...jsonPieces(value)].join('')).toBe(JSON.stringify(value));
});

it('writes bytes as the string that was left in them', () => {
  for (const text of ['', 'data:image/png;base64,AAA+/=', 'A'.repeat(150_000)]) {
    const pieces = [...jsonPieces({ text: new TextEncoder().encode(text) })];
    expect(JSON.parse(pieces.join(''))).toEqual({ text });
    for (const piece of pieces) expect(piece.length).toBeLessThan(100_000);
  }
});

it('writes no long string as a whole', () => {
  for (const piece of jsonPieces({ text: long, list: [{ text: long }] })) expect(piece.length).toBeLessThan(400_000);
  expect([...jsonPieces(long)].length).toBeGreaterThan(4);
});
