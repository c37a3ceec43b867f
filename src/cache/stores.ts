import type { Call } from '../call/call.ts';
import type { Entry } from './entry.ts';
import { keep } from './memory.ts';
import type { Wish } from './wish.ts';

export async function findStored(_name: string, _wish: Wish, _call: Call): Promise<Entry | undefined> {
  return undefined;
}

/** Keeps an answer in memory. */
export function store(name: string, entry: Entry, _call: Call): void {
  keep(name, entry);
}
