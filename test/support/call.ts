import { OPERATOR } from '../../src/access/caller.ts';
import { type Call, startCall, type TimeLimits } from '../../src/call/call.ts';
import { Outcome } from '../../src/call/outcome.ts';
import { newReport } from '../../src/call/report.ts';
import type { Task } from '../../src/call/tasks.ts';
import { TIME_LIMITS } from '../../src/call/time-limits.ts';
import { type Env, readSettings, type Settings } from '../../src/settings/settings.ts';

/** A call without an HTTP request, to test the code below the app. */
export function callFor(task: Task, values: Settings['values'] = {}, more: Partial<Call> = {}): Call {
  return { ...start(values, TIME_LIMITS[task]), ...more };
}

function start(values: Settings['values'], limits: TimeLimits): Call {
  const context = {
    requestId: 'req_test',
    caller: OPERATOR,
    settings: {
      ...readSettings({ EMBEDDINGS: {} as KVNamespace, KV_WRITES_PER_REQUEST: '1000', KV_WRITES_PER_DAY: '999999999' }),
      values,
    },
    env: {} as Env,
    params: {},
    headers: new Headers(),
    attachments: new Map(),
    outcome: new Outcome(),
    report: newReport(),
    url: () => 'https://cedalion.example.com/',
    client: () => new AbortController().signal,
    waitUntil: () => {},
  };
  return startCall(context, limits);
}
