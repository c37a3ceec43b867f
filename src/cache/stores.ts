import { isolateState } from '../base/isolate-state.ts';
import type { Call } from '../call/call.ts';
import { coloStore } from './colo-store.ts';
import { type Entry, type Store, secondsLeft } from './entry.ts';
import { kvAnswers } from './kv-answers.ts';
import { keep } from './memory.ts';
import type { Wish } from './wish.ts';

/** Beside the memory of the isolate, the nearest first. */
const STORES: readonly Store[] = [coloStore, kvAnswers];

/** After so many failures in a row a store is left alone for a while: each can take half a second. */
const FAILURES_BEFORE_REST = 5;
const REST_MS = 10_000;

const health = isolateState('answer-stores', () => new Map<Store, { failures: number; restsUntil: number }>());

function isOn(store: Store, call: Call): boolean {
  return (health.get(store)?.restsUntil ?? 0) <= Date.now() && store.isOn(call);
}

/** Counts a failure of a store. What cannot be read or written is a miss. */
async function unlessItFails<T>(store: Store, work: Promise<T>, { report }: Call): Promise<T | undefined> {
  try {
    const result = await work;
    if (health.size > 0) health.delete(store);
    return result;
  } catch {
    report.cacheFailures = (report.cacheFailures ?? 0) + 1;
    const failures = (health.get(store)?.failures ?? 0) + 1;
    health.set(store, { failures, restsUntil: failures >= FAILURES_BEFORE_REST ? Date.now() + REST_MS : 0 });
    return undefined;
  }
}

/** Finds an answer that is not in memory, and keeps it there, and in the nearer stores. */
export async function findStored(name: string, wish: Wish, call: Call): Promise<Entry | undefined> {
  for (const [i, store] of STORES.entries()) {
    if (!isOn(store, call)) continue;
    const entry = await unlessItFails(store, store.find(name, call), call);
    if (!entry || secondsLeft(entry, wish) === 0) continue;
    keep(name, entry);
    if (i > 0) writeTo(STORES.slice(0, i), name, entry, call);
    return entry;
  }
  return undefined;
}

/** Stores an answer. */
export function store(name: string, entry: Entry, call: Call): void {
  keep(name, entry);
  writeTo(STORES, name, entry, call);
}

function writeTo(stores: readonly Store[], name: string, entry: Entry, call: Call): void {
  for (const store of stores) {
    if (isOn(store, call)) call.waitUntil(unlessItFails(store, store.store(name, entry, call), call));
  }
}
