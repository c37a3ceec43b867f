import { isolateState } from './isolate-state.ts';

export const DAY_MS = 86_400_000;

/** The UTC day, counted from 1970. */
export const dayOf = (milliseconds: number) => Math.floor(milliseconds / DAY_MS);

const latest = isolateState('day-text', () => ({ day: Number.NaN, text: '' }));

/**
 * A day that was counted from 1970, as `2026-12-01`. Every request asks for the same one, and in workerd
 * writing a date takes about 10 us.
 */
export function dayText(day: number): string {
  if (day !== latest.day) Object.assign(latest, { day, text: new Date(day * DAY_MS).toISOString().slice(0, 10) });
  return latest.text;
}
