import type { Target } from '../tasks.ts';

/**
 * A small circuit breaker, per isolate: a target that keeps failing goes to the end of its chain for a while, so that
 * requests do not wait for it first. It stays in the chain: where all rest, all are tried, and none is ever left out.
 */

const FAILURES_BEFORE_REST = 5;
const REST_MS = 10_000;

const failing = new Map<string, { failures: number; restsUntil: number }>();

/** @returns the targets in the order in which to try them */
export function restingLast<T extends Target>(targets: readonly T[]): readonly T[] {
  if (failing.size === 0 || targets.length === 1) return targets;
  const resting = new Set(targets.filter(isResting));
  return resting.size === 0 ? targets : [...targets.filter((target) => !resting.has(target)), ...resting];
}

export function noteSuccess(target: Target): void {
  failing.delete(nameOf(target));
}

export function noteFailure(target: Target): void {
  const before = failing.get(nameOf(target));
  const failures = (before?.failures ?? 0) + 1;
  const restsUntil = failures >= FAILURES_BEFORE_REST ? Date.now() + REST_MS : 0;
  failing.set(nameOf(target), { failures, restsUntil });
}

/** `host/model`: what `x-cedalion-target` shows. */
export function nameOf({ host, upstreamModel }: Target): string {
  return `${host.name}/${upstreamModel}`;
}

/** Forgets every failure, as a new isolate would know none. */
export function forgetFailures(): void {
  failing.clear();
}

function isResting(target: Target): boolean {
  const state = failing.get(nameOf(target));
  if (!state || state.failures < FAILURES_BEFORE_REST) return false;
  if (Date.now() < state.restsUntil) return true;
  // Half open: this request is the probe, and the others go on as before until its end is known.
  state.restsUntil = Date.now() + REST_MS;
  return false;
}
