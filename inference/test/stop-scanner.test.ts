import { describe, expect, test } from 'vitest';
import { StopScanner } from '../src/stop-scanner.ts';

/** What a scanner lets through, piece by piece. */
function scan(stops: string[], pieces: string[]): { out: string[]; found: boolean } {
  const scanner = new StopScanner(stops);
  const out = pieces.map((piece) => scanner.push(piece));
  return { out: [...out, scanner.flush()], found: scanner.found };
}

describe('StopScanner', () => {
  test('lets text through at once when nothing can be a stop string', () => {
    expect(scan(['###'], ['one', ' two'])).toEqual({ out: ['one', ' two', ''], found: false });
  });

  test('finds a stop string across pieces and emits no part of it', () => {
    expect(scan(['\n\n'], ['one\n', '\ntwo'])).toEqual({ out: ['one', '', ''], found: true });
    expect(scan(['STOP'], ['a S', 'TO', 'P b', 'c'])).toEqual({ out: ['a ', '', '', '', ''], found: true });
  });

  test('releases what it held back when it turns out to be no stop string', () => {
    expect(scan(['STOP'], ['a ST', 'AR'])).toEqual({ out: ['a ', 'STAR', ''], found: false });
    expect(scan(['STOP'], ['a ST'])).toEqual({ out: ['a ', 'ST'], found: false });
  });

  test('takes the earliest of several stop strings', () => {
    expect(scan(['two', 'one'], ['zero one two'])).toEqual({ out: ['zero ', ''], found: true });
  });

  test('sees a stop string that begins inside another beginning', () => {
    expect(scan(['aab'], ['aa', 'ab'])).toEqual({ out: ['', 'a', ''], found: true });
  });

  test('ignores empty stop strings', () => {
    expect(scan([''], ['text'])).toEqual({ out: ['text', ''], found: false });
  });
});
