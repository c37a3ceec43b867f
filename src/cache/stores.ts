import type { Call } from '../call/call.ts';
import { coloStore } from './colo-store.ts';
import { type Entry, type Store, secondsLeft } from './entry.ts';
import { kvAnswers } from './kv-answers.ts';
import { keep } from './memory.ts';
import type { Wish } from './wish.ts';

/** Beside the memory of the isolate, the nearest first. */
const STORES: readonly Store[] = [coloStore, kvAnswers];

/** Finds an answer that is not in memory, and keeps it there, and in the nearer stores. */
export async function findStored(name: string, wish: Wish, call: Call): Promise<Entry | undefined> {
  for (const [i, store] of STORES.entries()) {
    if (!store.isOn(call)) continue;
    const entry = await store.find(name, call).catch(() => countFailure(call));
    if (!entry || secondsLeft(entry, wish) === 0) continue;
    keep(name, entry);
    if (i > 0) writeTo(STORES.slice(0, i), name, entry, call);
    return entry;
  }
  return undefined;
}

/** Stores an answer. What cannot be written is a miss later. */
export function store(name: string, entry: Entry, call: Call): void {
  keep(name, entry);
  writeTo(STORES, name, entry, call);
}

function writeTo(stores: readonly Store[], name: string, entry: Entry, call: Call): void {
  for (const store of stores) {
    if (store.isOn(call)) call.waitUntil(store.store(name, entry, call).catch(() => countFailure(call)));
  }
}

function countFailure({ report }: Call): undefined {
  report.cacheFailures = (report.cacheFailures ?? 0) + 1;
  return undefined;
}
