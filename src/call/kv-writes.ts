import { isolateState } from '../base/isolate-state.ts';
import type { Settings } from '../settings/settings.ts';

/** Writes of this isolate today: an isolate does not know of the others. */
const today = isolateState('kv-writes', () => ({ day: 0, writes: 0 }));

/** How many values a request may still write to the KV of vectors and answers, by the settings. */
export function kvWritesLeft({ kvWritesPerRequest, kvWritesPerDay }: Settings): number {
  const day = Math.floor(Date.now() / 86_400_000);
  if (today.day !== day) Object.assign(today, { day, writes: 0 });
  return Math.min(kvWritesPerRequest, kvWritesPerDay - today.writes);
}

export function noteKvWrite(count = 1): void {
  today.writes += count;
}
