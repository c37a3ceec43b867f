import { listDurableObjectIds, runDurableObjectAlarm } from 'cloudflare:test';
import { bindings } from './worker.ts';

/**
 * Runs the alarms that are set, whatever their time, and waits for them: first those of runs, then those of
 * webhooks.
 */
export async function runAlarms(): Promise<void> {
  for (const namespace of [bindings.RUNS, bindings.WEBHOOKS]) {
    if (!namespace) continue;
    for (const id of await listDurableObjectIds(namespace)) await runDurableObjectAlarm(namespace.get(id));
  }
}
