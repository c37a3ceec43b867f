import type { Call } from '../call/call.ts';

/** Usage is written this long after the first request that was not written yet, together with that of all others since. */
const LATER_MS = 2_000;
/** By then the request that was to write it is gone. */
const LOST_MS = 10_000;

const scheduled = new WeakMap<object, number>();

/** Runs `work` once for everything that happens to `what` within two seconds. */
export function settleLater(what: object, call: Call, work: () => Promise<void>): void {
  const now = Date.now();
  if (now < (scheduled.get(what) ?? 0) + LOST_MS) return;
  scheduled.set(what, now);
  const later = new Promise<void>((resolve) => setTimeout(resolve, LATER_MS)).then(() => {
    scheduled.delete(what);
    return work();
  });
  call.waitUntil(later);
}
