import { hasEnded, type RunRecord } from './run-record.ts';

/** How often the platform asks whether a run in the background is still alive. */
const WATCH_MS = 10_000;
/** Longer than any run that is not in the background. */
const FOREGROUND_WATCH_MS = 660_000;

/**
 * When the platform is to wake the object of a run: to take up what a dead process left, to notify of its
 * end, to delete it.
 */
export function alarmTime(record: RunRecord): number {
  if (!hasEnded(record)) return Date.now() + (record.isBackground ? WATCH_MS : FOREGROUND_WATCH_MS);
  return record.endNotified === false ? Date.now() : record.expiresAt;
}
