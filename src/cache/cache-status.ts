import type { Report, Reported } from '../call/report.ts';
import { ageOf, type Entry, secondsLeft } from './entry.ts';
import type { Unstored } from './storable.ts';
import type { Wish } from './wish.ts';

/** Why a request is not looked up, and its answer not stored. */
export type Bypass = 'not-configured' | 'no-store' | 'run' | 'store' | 'conversation' | 'seed' | 'size' | 'unavailable';

/**
 * What the cache did, in the form of RFC 9211. Written by hand: all values are tokens and whole numbers, and
 * the tests read it with `structured-headers`.
 */
export function reportHit({ outcome, report }: Reported, entry: Entry, wish: Wish): void {
  report.age = ageOf(entry);
  report.cacheStatus = `cedalion; hit; ttl=${secondsLeft(entry, wish)}`;
  outcome.addCacheUse({ hits: 1, misses: 0, refreshed: false });
}

/** The request has followed another one, which was asking the host for the same. */
export function reportCollapsed({ outcome, report }: Reported, entry: Entry): void {
  report.age = ageOf(entry);
  report.cacheStatus = 'cedalion; fwd=uri-miss; collapsed';
  outcome.addCacheUse({ hits: 1, misses: 0, refreshed: false });
}

/** @param stored undefined while nobody knows: the headers of a stream are sent before its end is seen */
export function reportMiss(report: Report, { mode }: Wish, stored?: true | Unstored): void {
  const forward = mode === 'refresh' ? 'request' : 'uri-miss';
  if (stored === undefined) report.cacheStatus = `cedalion; fwd=${forward}`;
  else report.cacheStatus = stored === true ? `cedalion; fwd=${forward}; stored` : bypassed(stored);
}

export function reportBypass(report: Report, why: Bypass): void {
  report.cacheStatus = bypassed(why);
}

const bypassed = (why: string) => `cedalion; fwd=bypass; detail=${why}`;
