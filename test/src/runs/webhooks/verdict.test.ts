import { describe, expect, it } from 'vitest';
import { verdictOf } from '../../../../src/runs/webhooks/verdict.ts';

const SCHEDULE = [5, 300];

function pause(status: number, tries: number, retryAfterSeconds?: number): number | string {
  const verdict = verdictOf({ status, retryAfterSeconds }, tries, SCHEDULE);
  return verdict.status === 'pending' ? (verdict.nextAt - Date.now()) / 1000 : verdict.status;
}

describe('an attempt', () => {
  it.each([200, 202, 204, 299])('that is answered with %d was a success', (status) => {
    expect(pause(status, 1)).toBe('delivered');
  });

  it.each([0, 301, 302, 307, 400, 404, 429, 500, 503])('that is answered with %d is repeated', (status) => {
    for (let i = 0; i < 50; i++) {
      expect(pause(status, 1)).toBeGreaterThan(4.4);
      expect(pause(status, 1)).toBeLessThan(5.6);
      expect(pause(status, 2)).toBeGreaterThan(269);
      expect(pause(status, 2)).toBeLessThan(331);
    }
    expect(pause(status, 3)).toBe('failed');
  });

  it('that is answered with 410 is the last', () => {
    expect(verdictOf({ status: 410 }, 1, SCHEDULE)).toEqual({ status: 'failed', isGone: true });
  });

  it('waits as long as Retry-After says, at most a day, and never less than the schedule', () => {
    expect(pause(503, 1, 60)).toBeCloseTo(60, 0);
    expect(pause(503, 1, 1)).toBeGreaterThan(4.4);
    expect(pause(503, 1, 1_000_000)).toBeCloseTo(86_400, 0);
  });
});
