import type { Target } from '../tasks.ts';
import { nameOf } from './breaker.ts';

/** How long each target usually takes to send its headers, per isolate. */

const SAMPLES = 64;
const ENOUGH = 20;

const samples = new Map<string, number[]>();

export function noteLatency(target: Target, milliseconds: number): void {
  const known = samples.get(nameOf(target)) ?? [];
  known.push(milliseconds);
  if (known.length > SAMPLES) known.shift();
  samples.set(nameOf(target), known);
}

/** @returns the 95th percentile in milliseconds, or undefined while there is too little to go by */
export function usualLatency(target: Target): number | undefined {
  const known = samples.get(nameOf(target));
  if (!known || known.length < ENOUGH) return undefined;
  return known.toSorted((a, b) => a - b)[Math.floor(known.length * 0.95)];
}

export function forgetLatencies(): void {
  samples.clear();
}
