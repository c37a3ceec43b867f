import { digest } from '../bytes/digest.ts';
import { decodeFloats, encodeFloats } from '../bytes/floats.ts';
import type { Report } from '../call/call.ts';
import type { Space } from '../tasks.ts';
import { readMany, write } from './kv.ts';
import type { NamedItem } from './load-items.ts';
import { Lru } from './lru.ts';
import { dot } from './vector.ts';

/**
 * Where vectors are kept: the isolate's memory before KV. Every entry is one item in one space (docs/storage.md). Memory
 * answers in half a microsecond, and hides that KV goes on answering "missing" for up to a minute after a write.
 */

/** Vectors of a space never change. They expire so that those of abandoned spaces go away. */
const TTL_SECONDS = 90 * 24 * 3600;
/** KV allows 1,000 operations per request; the reads of the largest request take about 60. */
const MOST_WRITES = 900;
const MEMORY_BYTES = 16 * 1024 * 1024;
/** float32 keeps a unit length to about 1e-7 per element. */
const UNIT_TOLERANCE = 1e-3;

const memory = new Lru<Float32Array>(MEMORY_BYTES, (vector) => vector.byteLength + 200);

/** Forgets the isolate's own copies, as a new isolate would have none. */
export function forgetVectors(): void {
  memory.clear();
}

/** Adds to `found`, by identity, the vectors of those items that are known and not in it yet. */
export async function findVectors(
  space: Space,
  items: Iterable<NamedItem>,
  found: Map<string, Float32Array>,
  kv: KVNamespace,
  report: Report,
): Promise<void> {
  const unknown = new Map<string, NamedItem>();
  for (const item of items) {
    if (found.has(item.identity)) continue;
    const vector = memory.get(memoryKey(space, item));
    if (vector) found.set(item.identity, vector);
    else unknown.set(item.identity, item);
  }
  if (unknown.size === 0) return;
  const keyed = await Promise.all(
    [...unknown.values()].map(async (item) => ({ item, key: await storageKey(space, item) })),
  );
  const values = await readMany(
    kv,
    keyed.map(({ key }) => key),
    report,
  );
  for (const { item, key } of keyed) {
    const vector = decodeStored(values.get(key), space);
    if (!vector) continue;
    found.set(item.identity, vector);
    memory.set(memoryKey(space, item), vector);
  }
}

/** Keeps vectors: in memory at once, so that the next request has them, and in KV when the returned promise settles. */
export async function keepVectors(
  space: Space,
  made: ReadonlyMap<NamedItem, Float32Array>,
  kv: KVNamespace,
  report: Report,
): Promise<void> {
  for (const [item, vector] of made) memory.set(memoryKey(space, item), vector);
  await Promise.all(
    [...made].slice(0, MOST_WRITES).map(async ([item, vector]) => {
      await write(kv, await storageKey(space, item), encodeFloats(vector), TTL_SECONDS, report);
    }),
  );
}

function memoryKey(space: Space, { identity }: NamedItem): string {
  return `${space.id}:${identity}`;
}

/** The digest is of the item's own bytes; `kind` keeps a text apart from a picture of equal bytes. */
async function storageKey(space: Space, item: NamedItem): Promise<string> {
  return `embedding:v1:${space.id}:${item.kind}:${item.kind === 'text' ? await digest(item.text) : item.digest}`;
}

/** @returns undefined where a stored value is missing or damaged: it is then made, and written, anew. */
function decodeStored(value: string | undefined, space: Space): Float32Array | undefined {
  if (value === undefined) return undefined;
  try {
    const vector = decodeFloats(value, () => new Error('damaged'));
    if (space.dimensions !== undefined && vector.length !== space.dimensions) return undefined;
    return Math.abs(dot(vector, vector) - 1) < UNIT_TOLERANCE ? vector : undefined;
  } catch {
    return undefined;
  }
}
