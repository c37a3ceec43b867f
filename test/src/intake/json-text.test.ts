import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/intake/json-text.ts';

describe('parsing JSON', () => {
  it.each([
    ['', 'line 1, column 1', 'too early'],
    ['   ', 'line 1, column 4', 'too early'],
    ['{', 'line 1, column 2', 'too early'],
    ['{"a":', 'line 1, column 6', 'too early'],
    ['{"a":1', 'line 1, column 7', 'too early'],
    ['{"a":1,}', 'line 1, column 8', 'stops'],
    ['[1,]', 'line 1, column 4', 'stops'],
    ['[1 2]', 'line 1, column 4', 'stops'],
    ['{"a" 1}', 'line 1, column 6', 'stops'],
    ['{a:1}', 'line 1, column 2', 'stops'],
    ["{'a':1}", 'line 1, column 2', 'stops'],
    ['{"a":1}}', 'line 1, column 8', 'stops'],
    ['{"a":[}', 'line 1, column 7', 'stops'],
    ['{"a":tru}', 'line 1, column 6', 'stops'],
    ['{"a":01}', 'line 1, column 7', 'stops'],
    ['{"a":"x\ny"}', 'line 1, column 6', 'stops'],
    ['{\n  "a": 1,\n  "b": oops\n}', 'line 3, column 8', 'stops'],
    ['hello', 'line 1, column 1', 'stops'],
  ])('reports the error in %j at %s', (text, where, how) => {
    expect(() => parseJson(text)).toThrow(where);
    expect(() => parseJson(text)).toThrow(how);
  });

  it('searches only the beginning of a long text for the error, and says so', () => {
    const long = 'x'.repeat(1_000_000);
    const late = () => parseJson(`{"a":"${long}",\n"b":oops}`);
    expect(late).toThrow('after line 1, column 6');
    expect(() => parseJson(`[${'1,'.repeat(500_000)}oops]`)).toThrow(/after line 1, column 655\d\d/);
    expect(() => parseJson(`{"a":oops,"b":"${long}"}`)).toThrow('at line 1, column 6');
    expect(() => parseJson(`{"a":"${long}`)).toThrow('after line 1, column 6');
    expect(() => parseJson(`${'[1,2,"x"],'.repeat(1_000_000)}`)).toThrow('line 1');
  });

  it.each(['{}', '[]', 'null', '"x"', '1e5', ' {"a":[1,{"b":null}]} '])('accepts %s', (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });
});
