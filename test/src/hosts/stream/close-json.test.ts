import { describe, expect, it } from 'vitest';
import { closeJson } from '../../../../src/hosts/stream/close-json.ts';

const MEMBER = '"error":{"message":"cut"}';
const EVENTS = [
  '{"id":"c1","choices":[{"index":0,"delta":{"content":"h\\u00e9 \\"x\\" \\\\ {[}]"},"finish_reason":null}],"usage":null}',
  '{"a":true,"b":false,"c":[1,-2.5e-3,{"d":[]},"e"],"f":{},"":0}',
  '{ "spaced" : [ 1 , 2 ] , "end" : "x" }',
];

describe('completing a JSON object that was cut', () => {
  it.each(EVENTS)('works at every position of %s', (event) => {
    for (let end = 1; end < event.length; end++) {
      const cut = event.slice(0, end);
      const rest = closeJson(cut, MEMBER);
      const whole = cut + rest;
      expect(() => JSON.parse(whole), whole).not.toThrow();
      expect(JSON.parse(whole).error, whole).toEqual({ message: 'cut' });
    }
  });

  it.each(['', '[1,2', '"text', '{"a":1}', 'data'])(
    'returns undefined if %j is not the beginning of an object',
    (cut) => {
      expect(closeJson(cut, MEMBER)).toBeUndefined();
    },
  );
});
