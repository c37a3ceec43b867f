import { withTimeout } from '../../base/with-timeout.ts';
import type { Call } from '../../call/call.ts';

/** @returns undefined if the work takes as long as a stream may be silent */
export function untilKeepalive<T>(work: Promise<T>, { deadlines, settings }: Call): Promise<T | undefined> {
  return withTimeout(work, { ms: settings.streams.keepaliveMs, late: () => undefined, timers: deadlines });
}
