import { isolateState } from '../base/isolate-state.ts';
import { MAX_ANSWER_IN_MEMORY_BYTES, MAX_ANSWER_MEMORY_BYTES } from '../base/sizes.ts';
import type { Entry } from './entry.ts';

/** The name of an entry, its headers, and the objects around it. */
const OVERHEAD_BYTES = 1024;

/** The isolate's own answers. A Map keeps the order of insertion: the first is the longest unused. */
const memory = isolateState('answers', () => ({ entries: new Map<string, Entry>(), bytes: 0 }));

export function recall(name: string): Entry | undefined {
  const entry = memory.entries.get(name);
  if (!entry) return undefined;
  memory.entries.delete(name);
  memory.entries.set(name, entry);
  return entry;
}

/** Keeps an answer, and forgets those that were not used for the longest time. */
export function keep(name: string, entry: Entry): void {
  if (entry.bytes.length > MAX_ANSWER_IN_MEMORY_BYTES) return;
  forget(name);
  memory.entries.set(name, entry);
  memory.bytes += sizeOf(entry);
  for (const oldest of memory.entries.keys()) {
    if (memory.bytes <= MAX_ANSWER_MEMORY_BYTES) break;
    forget(oldest);
  }
}

export function forget(name: string): void {
  const entry = memory.entries.get(name);
  if (!entry) return;
  memory.entries.delete(name);
  memory.bytes -= sizeOf(entry);
}

const sizeOf = ({ bytes }: Entry) => bytes.length + OVERHEAD_BYTES;
