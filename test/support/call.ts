import { OPERATOR } from '../../src/access/caller.ts';
import { type Call, startCall, type TimeLimits } from '../../src/call/call.ts';
import { newReport } from '../../src/call/report.ts';
import type { Settings } from '../../src/settings.ts';
import type { Task } from '../../src/tasks.ts';
import { TIME_LIMITS } from '../../src/time-limits.ts';

/** A call without an HTTP request, to test the code below the app. */
export function callFor(task: Task, values: Settings['values'] = {}, more: Partial<Call> = {}): Call {
  return { ...start(values, TIME_LIMITS[task]), ...more };
}

function start(values: Settings['values'], limits: TimeLimits): Call {
  const context = {
    requestId: 'req_test',
    caller: OPERATOR,
    settings: { values, apiKeys: [], kvWritesPerRequest: 1_000, kvWritesPerDay: 1e9, problems: {} },
    kv: undefined as unknown as KVNamespace,
    params: {},
    headers: new Headers(),
    attachments: new Map(),
    report: newReport(),
    client: () => new AbortController().signal,
    waitUntil: () => {},
  };
  return startCall(context, limits);
}
