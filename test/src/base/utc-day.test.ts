import { describe, expect, it } from 'vitest';
import { DAY_MS, dayOf, dayText } from '../../../src/base/utc-day.ts';

describe('a day of UTC', () => {
  it('is written alike whichever day was asked for before', () => {
    const midnight = Date.UTC(2026, 11, 1);
    const texts = [midnight - 1, midnight, midnight + DAY_MS - 1, midnight + DAY_MS, midnight, 0].map((time) =>
      dayText(dayOf(time)),
    );
    expect(texts).toEqual(['2026-11-30', '2026-12-01', '2026-12-01', '2026-12-02', '2026-12-01', '1970-01-01']);
  });
});
