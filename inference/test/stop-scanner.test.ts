import { describe, expect, test } from 'vitest';
import { StopScanner } from '../src/stop-scanner.ts';

/** The text that a scanner emits for each piece. */
function scan(stops: string[], pieces: string[]): { out: string[]; found: boolean } {
  const scanner = new StopScanner(stops);
  const out = pieces.map((piece) => scanner.push(piece));
  return { out: [...out, scanner.flush()], found: scanner.found };
}

describe('StopScanner', () => {
  test('emits text immediately if it cannot be part of a stop string', () => {
    expect(scan(['###'], ['one', ' two'])).toEqual({ out: ['one', ' two', ''], found: false });
  });

  test('finds a stop string across pieces and emits no part of it', () => {
    expect(scan(['\n\n'], ['one\n', '\ntwo'])).toEqual({ out: ['one', '', ''], found: true });
    expect(scan(['STOP'], ['a S', 'TO', 'P b', 'c'])).toEqual({ out: ['a ', '', '', '', ''], found: true });
  });

  test('emits held-back text if it is not a stop string', () => {
    expect(scan(['STOP'], ['a ST', 'AR'])).toEqual({ out: ['a ', 'STAR', ''], found: false });
    expect(scan(['STOP'], ['a ST'])).toEqual({ out: ['a ', 'ST'], found: false });
  });

  test('stops at the earliest of several stop strings', () => {
    expect(scan(['two', 'one'], ['zero one two'])).toEqual({ out: ['zero ', ''], found: true });
  });

  test('finds a stop string that starts inside a partial match', () => {
    expect(scan(['aab'], ['aa', 'ab'])).toEqual({ out: ['', 'a', ''], found: true });
  });

  test('ignores empty stop strings', () => {
    expect(scan([''], ['text'])).toEqual({ out: ['text', ''], found: false });
  });
});
