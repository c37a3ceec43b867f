import { expect, it } from 'vitest';
import { isRetryable, type RunError, type RunRecord } from '../../../src/runs/run-record.ts';

const record = (status: RunRecord['status'], http: number, isWhole = true) => {
  return { status, answer: { status: http, headers: [], isStream: false, isWhole } } as unknown as RunRecord;
};

it.each([
  ['a cancelled run', record('cancelled', 200), true],
  ['an answer of which a part is missing', record('failed', 400, false), true],
  ['a stream that failed after it had begun', record('failed', 200), true],
  ['an answer that was too large', { ...record('failed', 500), error: { code: 'run_too_large' } as RunError }, false],
  ['a stream that was too large', { ...record('failed', 200), error: { code: 'run_too_large' } as RunError }, false],
  ['a completed run', record('completed', 200), false],
  ['a run that goes on', record('in_progress', 200), false],
  ...[408, 409, 429, 500, 503].map((http) => [`status ${http}`, record('failed', http), true] as const),
  ...[400, 401, 404, 413, 422].map((http) => [`status ${http}`, record('failed', http), false] as const),
] as const)('decides after %s whether a request with the same key runs anew', (_, earlier, isNew) => {
  expect(isRetryable(earlier)).toBe(isNew);
});
