import { expect, test } from 'vitest';
import type { RunList } from '../../../src/runs/run-list.ts';
import { bindings } from '../../support/worker.ts';

test('a run whose process died after it was listed is admitted again', async () => {
  const list = bindings.RUN_LISTS?.getByName('admitted twice') as unknown as RunList;
  const now = Date.now();
  const run = { id: 'run_k1', route: '/v1/x', status: 'queued', createdAt: now, expiresAt: now + 60_000 } as const;
  expect(await list.admit(run, 2)).toBe(true);
  expect(await list.admit(run, 2)).toBe(true);
  expect(await list.list({ limit: 10 })).toHaveLength(1);
  // It counts once, and is admitted also if there is no room for another one.
  expect(await list.admit({ ...run, id: 'run_k2' }, 2)).toBe(true);
  expect(await list.admit(run, 2)).toBe(true);
  expect(await list.admit({ ...run, id: 'run_k3' }, 2)).toBe(false);
});
