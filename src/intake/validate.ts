import type * as z from 'zod/mini';
import { ApiError } from '../base/errors.ts';

/**
 * Validates a request against its schema.
 *
 * @param at where the value is, if it is a part of the request
 * @throws ApiError `invalid_parameter`. It names the first invalid parameter as a path, such as
 * `messages[0].content`, and never shows its value.
 */
export function validate<Schema extends z.ZodMiniType>(
  schema: Schema,
  value: unknown,
  at: readonly string[] = [],
): z.infer<Schema> {
  // Without the input of an issue, a wrong type could not be told from a missing field. It stays here.
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  // An unknown field is reported at the object that has it.
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  // Nothing, if it is the request itself.
  const param = pathOf([...at, ...(issue?.path ?? []), ...unknown]) || undefined;
  const what = issue ? describe(issue) : 'is not valid';
  throw new ApiError('invalid_parameter', param ? `\`${param}\` ${what}.` : `The request ${what}.`, { param });
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

/** zod/mini comes without messages; its full set adds 88 KB. These are the ones that a request can need. */
function describe(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `must be ${article(issue.expected)}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'too_small':
      if (issue.minimum === 1 && unit(issue.origin) !== '') return 'must not be empty';
      return `must ${measure(issue.origin)} at least ${issue.minimum}${unit(issue.origin)}`;
    case 'too_big':
      return `must ${measure(issue.origin)} at most ${issue.maximum}${unit(issue.origin)}`;
    case 'unrecognized_keys':
      return 'is not a field of this request';
    default:
      if (issue.input === undefined) return 'is required';
      return issue.message === 'Invalid input' ? 'is not valid' : issue.message;
  }
}

function article(expected: string): string {
  const name = { record: 'object', int: 'integer' }[expected] ?? expected;
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}

function measure(origin: string): string {
  return origin === 'array' || origin === 'string' ? 'have' : 'be';
}

function unit(origin: string): string {
  if (origin === 'array') return ' entries';
  return origin === 'string' ? ' characters' : '';
}
