import { runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RECENT_RUN_BYTES } from '../../../src/base/sizes.ts';
import { EventLog } from '../../../src/runs/event-log.ts';
import { bindings } from '../../support/worker.ts';

/** Runs a test with a log, and with what it has written so far: the sizes of its rows. */
function withLog(run: (log: EventLog, rows: () => unknown[], saveRecord: () => void) => void): Promise<void> {
  const runs = bindings.RUNS as DurableObjectNamespace;
  return runInDurableObject(runs.get(runs.newUniqueId()), (_, { storage: { sql } }) => {
    sql.exec('CREATE TABLE piece (start INTEGER PRIMARY KEY, event INTEGER, bytes BLOB)');
    const saveRecord = vi.fn();
    const rows = () =>
      sql
        .exec<{ bytes: number }>('SELECT length(bytes) AS bytes FROM piece ORDER BY start')
        .toArray()
        .map(({ bytes }) => bytes);
    run(new EventLog(sql, saveRecord), rows, saveRecord);
  });
}

const bytes = (length: number) => new Uint8Array(length).fill(120);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the log of a run', () => {
  it('writes the first event of a stream at once, and later ones together', () =>
    withLog((log, rows) => {
      log.addEvent(bytes(10));
      vi.advanceTimersByTime(0);
      expect(rows()).toEqual([10]);
      for (let i = 0; i < 5; i++) log.addEvent(bytes(20));
      vi.advanceTimersByTime(999);
      expect(rows()).toEqual([10]);
      vi.advanceTimersByTime(1);
      expect(rows()).toEqual([10, 100]);
    }));

  it('writes earlier if much has come', () =>
    withLog((log, rows) => {
      log.addEvent(bytes(63 * 1024));
      expect(rows()).toEqual([]);
      log.addEvent(bytes(1024));
      expect(rows()).toEqual([64 * 1024]);
    }));

  it('keeps the latest part in memory, and reads what is older from its rows', () =>
    withLog((log) => {
      for (let written = 0; written < 2 * RECENT_RUN_BYTES; written += 64 * 1024) log.addEvent(bytes(64 * 1024));
      expect(log.read(0)?.byteLength).toBeGreaterThan(0);
      // Now they are those of another run.
      log.abandon();
      expect(() => log.read(0)).toThrow();
      expect(log.read(log.length - 10)).toHaveLength(10);
    }));

  it('writes nothing more when it has ended', () =>
    withLog((log, rows, saveRecord) => {
      log.addEvent(bytes(10));
      log.end();
      vi.advanceTimersByTime(2_000);
      expect(rows()).toEqual([]);
      expect(saveRecord).not.toHaveBeenCalled();
    }));
});
