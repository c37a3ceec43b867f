import { describe, expect, it, vi } from 'vitest';
import type { Env } from '../../../../src/settings/settings.ts';
import { KvStore, type Write } from '../../../../src/vectors/embedding/kv-store.ts';
import { callFor } from '../../../support/call.ts';

/**
 * Reads 1,000 values.
 *
 * @returns how many keys each operation had, and how many operations there were at the same time
 */
async function readValues(characters: number) {
  const operations: number[] = [];
  let open = 0;
  let mostOpen = 0;
  const get = async (keys: string[]) => {
    operations.push(keys.length);
    mostOpen = Math.max(mostOpen, ++open);
    await scheduler.wait(1);
    open--;
    return new Map(keys.map((key) => [key, characters === 0 ? null : key.padEnd(characters)]));
  };
  const env = { EMBEDDINGS: { get } } as unknown as Env;
  const store = new KvStore(callFor('embedding', {}, { env }));
  const names = Array.from({ length: 1_000 }, (_, i) => i);
  const found = new Map<number, string>();
  await store.readEach(
    names,
    async (name) => `key ${name}`,
    (name, value) => found.set(name, value.trimEnd()),
  );
  return { operations, mostOpen, found, expected: new Map(names.map((name) => [name, `key ${name}`])) };
}

describe('many values of KV', () => {
  it('are read 100 at a time if they are small', async () => {
    const { operations, mostOpen, found, expected } = await readValues(500);
    expect(operations).toEqual(Array.from({ length: 10 }, () => 100));
    expect(mostOpen).toBe(6);
    expect(found).toEqual(expected);
  });

  it('are read in small operations, two at a time, if they are large', async () => {
    const { operations, mostOpen, found, expected } = await readValues(8_192);
    expect(operations[0]).toBe(100);
    expect(Math.max(...operations.slice(1))).toBe(16);
    expect(mostOpen).toBe(2);
    expect(found).toEqual(expected);
  });

  it('are asked for 100 at a time if KV has none', async () => {
    const { operations, found } = await readValues(0);
    expect(operations).toHaveLength(10);
    expect(found.size).toBe(0);
  });
});

it('counts what was not stored, unless another write stores the same', async () => {
  const put = vi.fn(async () => {});
  const unstored = async (isExtra: boolean) => {
    const call = callFor('embedding', {}, { env: { EMBEDDINGS: { put } } as unknown as Env });
    const settings = { ...call.settings, kvWritesPerRequest: 1 };
    const write: Write = { ttlSeconds: 60, entry: async () => ['key', 'value'] };
    await new KvStore({ ...call, settings }).writeAll([write, { ...write, isExtra }]);
    return call.report.unstored;
  };
  expect([await unstored(false), await unstored(true)]).toEqual([1, undefined]);
  expect(put).toHaveBeenCalledTimes(2);
});
