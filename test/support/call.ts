import { type Call, newReport } from '../../src/call.ts';
import { Cancellation } from '../../src/cancellation.ts';
import { Deadlines } from '../../src/deadlines.ts';
import { LIMITS } from '../../src/limits.ts';
import type { Settings } from '../../src/settings.ts';
import type { Task } from '../../src/types.ts';

/** A call for testing what lies below the routes. */
export function callFor(task: Task, values: Settings['values'] = {}, more: Partial<Call> = {}): Call {
  return {
    requestId: 'req_test',
    settings: { values, apiKeys: [], problems: [] },
    report: newReport(),
    limits: LIMITS[task],
    deadline: Date.now() + LIMITS[task].totalMs,
    cancellation: new Cancellation(),
    client: () => new AbortController().signal,
    deadlines: new Deadlines(LIMITS[task].totalMs, () => {}),
    waitUntil: () => {},
    ...more,
  };
}
