import { describe, expect, it, vi } from 'vitest';
import { newReport, startStage } from '../../../src/call/report.ts';

describe('the time of a stage', () => {
  it('counts parallel work once, and sequential work twice', () => {
    const now = vi.spyOn(performance, 'now');
    const report = newReport();
    const at = (milliseconds: number) => now.mockReturnValue(milliseconds);
    at(0);
    const first = startStage(report, 'upstream');
    at(10);
    const second = startStage(report, 'upstream');
    at(30);
    first();
    at(40);
    second();
    at(100);
    const third = startStage(report, 'upstream');
    at(105);
    third();
    vi.restoreAllMocks();
    expect(report.timings).toEqual({ upstream: 45 });
  });
});
