import { type Call, newReport } from '../../src/call/call.ts';
import { Cancellation } from '../../src/call/cancellation.ts';
import { Deadlines } from '../../src/call/deadlines.ts';
import type { Settings } from '../../src/settings.ts';
import type { Task } from '../../src/tasks.ts';
import { LIMITS } from '../../src/time-limits.ts';

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
