import { isolateState } from '../../base/isolate-state.ts';
import type { Target } from '../../call/tasks.ts';

/**
 * A small circuit breaker, per isolate: a target that keeps failing moves to the end of its chain for a
 * while, so that requests do not wait for it first. It stays in the chain: if all targets rest, all are
 * tried.
 */

const FAILURES_BEFORE_REST = 5;
const REST_MS = 10_000;
/**
 * Callers can name any model of an OpenAI-compatible host, so the number of targets has no limit of its own.
 */
const MAX_TARGETS = 256;

interface Failing {
  failures: number;
  restsUntil: number;
}

const failing = isolateState('failing-targets', () => new Map<string, Failing>());

/** @returns the targets in the order in which to try them */
export function restingLast<T extends Target>(targets: readonly T[]): readonly T[] {
  if (failing.size === 0 || targets.length === 1) return targets;
  const resting = new Set(targets.filter(isResting));
  return resting.size === 0 ? targets : [...targets.filter((target) => !resting.has(target)), ...resting];
}

export function noteSuccess(target: Target): void {
  if (failing.size > 0) failing.delete(nameOf(target));
}

export function noteFailure(target: Target): void {
  const name = nameOf(target);
  const failures = (failing.get(name)?.failures ?? 0) + 1;
  const restsUntil = failures >= FAILURES_BEFORE_REST ? Date.now() + REST_MS : 0;
  // A Map keeps the order of insertion: the first entry is the one whose failure is the oldest.
  failing.delete(name);
  failing.set(name, { failures, restsUntil });
  for (const oldest of failing.keys()) {
    if (failing.size <= MAX_TARGETS) break;
    failing.delete(oldest);
  }
}

/** `host/model`: what `x-cedalion-target` shows. */
export function nameOf({ host, upstreamModel }: Target): string {
  return `${host.name}/${upstreamModel}`;
}

function isResting(target: Target): boolean {
  const state = failing.get(nameOf(target));
  if (!state || state.failures < FAILURES_BEFORE_REST) return false;
  if (Date.now() < state.restsUntil) return true;
  // Half open: this request is the probe. The others continue as before until its end is known.
  state.restsUntil = Date.now() + REST_MS;
  return false;
}
