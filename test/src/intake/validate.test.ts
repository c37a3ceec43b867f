import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { validate } from '../../../src/intake/validate.ts';

const schema = z.strictObject({
  name: z.string().check(z.maxLength(3)),
  list: z.optional(z.array(z.int())),
  kind: z.optional(z.enum(['a', 'b'])),
});

describe('a request that does not fit its schema', () => {
  it.each([
    [{}, 'name', '`name` is required.'],
    [{ name: 5 }, 'name', '`name` must be a string.'],
    [{ name: null }, 'name', '`name` must be a string.'],
    [{ name: 'secret' }, 'name', '`name` must have at most 3 characters.'],
    [{ name: 'a', list: 'secret' }, 'list', '`list` must be an array.'],
    [{ name: 'a', list: [1, 'secret'] }, 'list[1]', '`list[1]` must be a number.'],
    [{ name: 'a', list: [1.5] }, 'list[0]', '`list[0]` must be an integer.'],
    [{ name: 'a', kind: 'secret' }, 'kind', '`kind` must be one of "a", "b".'],
    [{ name: 'a', other: 'secret' }, 'other', '`other` is not a field of this request.'],
    ['secret', null, 'The request must be an object.'],
  ])('names the parameter and says what is wrong, without its value: %j', (value, param, message) => {
    expect(() => validate(schema, value)).toThrow(
      expect.objectContaining({ code: 'invalid_parameter', param, message }),
    );
  });

  it('says that a field is required, also if it can be of several kinds', () => {
    const items = z.union([z.string(), z.array(z.string())], { error: 'must be a string or an array of strings' });
    const either = z.object({ query: items });
    expect(() => validate(either, {})).toThrow('`query` is required.');
    expect(() => validate(either, { query: 5 })).toThrow('`query` must be a string or an array of strings.');
  });
});
