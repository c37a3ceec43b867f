import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it, vi } from 'vitest';
import { addressOf, newAddress } from '../../../src/runs/run-address.ts';
import type { ListedRun, RunList } from '../../../src/runs/run-list.ts';
import { ask, bindings, ORIGIN, serve } from '../../support/worker.ts';

const CHAT = `${ORIGIN}/v1/chat/completions`;
const json = { model: 'tiny-text', messages: [{ role: 'user', content: 'hi' }] };
const LATER_MS = 4_000;

const listNamed = (name: string) => bindings.RUN_LISTS?.getByName(name) as unknown as RunList;
const listed = (id: string, createdAt = Date.now()): ListedRun => {
  return { id, route: '/v1/x', status: 'in_progress', createdAt, expiresAt: createdAt + 60_000 };
};

/** The status of each run in the operator's list. */
async function statuses(query = ''): Promise<Record<string, string>> {
  const { data } = (await (await ask(`/v1/runs${query}`)).json()) as { data: { id: string; status: string }[] };
  return Object.fromEntries(data.map(({ id, status }) => [id, status]));
}

async function startChat(headers: Record<string, string> = { prefer: 'respond-async' }): Promise<string> {
  const answer = await ask('/v1/chat/completions', { json, headers });
  await answer.text();
  return answer.headers.get('x-run-id') ?? '';
}

/** Says in the list what a run said before the message of its end was lost. */
async function loseEnd(id: string): Promise<void> {
  const list = bindings.RUN_LISTS?.getByName('operator') as DurableObjectStub<RunList>;
  await runInDurableObject(list, (_, { storage }) => {
    storage.sql.exec(`UPDATE run SET status = 'in_progress', created = created - ${LATER_MS} WHERE id = ?`, id);
  });
}

async function rowOf(id: string) {
  const list = bindings.RUN_LISTS?.getByName('operator') as DurableObjectStub<RunList>;
  return runInDurableObject(list, (_, { storage }) =>
    storage.sql.exec<{ status: string }>('SELECT status FROM run WHERE id = ?', id).toArray().at(0),
  );
}

describe('the list of runs', () => {
  it('admits a run again whose process died after it was listed, and counts it once', async () => {
    const list = listNamed('admitted twice');
    expect(await list.admit(listed('run_k1'), 2)).toBe(true);
    expect(await list.admit(listed('run_k1'), 2)).toBe(true);
    expect(await list.list({ limit: 10 })).toHaveLength(1);
    expect(await list.admit(listed('run_k2'), 2)).toBe(true);
    // Admitted also if there is no room for another one.
    expect(await list.admit(listed('run_k1'), 2)).toBe(true);
    expect(await list.admit(listed('run_k3'), 2)).toBe(false);
  });

  it('says `in_progress` of a run that goes on, however old it is, and `completed` when it has ended', async () => {
    let isEnding = false;
    const answer = async () => {
      while (!isEnding) await scheduler.wait(10);
      return Response.json({ choices: [] });
    };
    serve({ [CHAT]: answer });
    const id = await startChat();
    expect(await statuses('?status=in_progress')).toEqual({ [id]: 'in_progress' });
    const now = Date.now();
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now + LATER_MS);
    expect(await statuses()).toEqual({ [id]: 'in_progress' });
    expect(await statuses('?status=queued')).toEqual({});
    clock.mockRestore();
    isEnding = true;
    await ask(`/v1/runs/${id}/result`, { headers: { prefer: 'wait=5' } });
    await vi.waitFor(async () => expect(await statuses()).toEqual({ [id]: 'completed' }));
  });

  it('asks a run that seems to go on, and finds by its status what the message of its end did not reach', async () => {
    serve({ [CHAT]: () => Response.json({ choices: [] }) });
    const id = await startChat({ prefer: 'respond-async, wait=5' });
    await loseEnd(id);
    expect(await statuses('?status=completed')).toEqual({ [id]: 'completed' });
    await loseEnd(id);
    expect(await statuses('?status=in_progress')).toEqual({});
    await loseEnd(id);
    expect(await statuses()).toEqual({ [id]: 'completed' });
  });

  it('is corrected when the object of a run loads, also if nobody reads the list', async () => {
    serve({ [CHAT]: () => Response.json({ choices: [] }) });
    const id = await startChat({ 'x-cedalion-resume': 'true' });
    await loseEnd(id);
    await evictDurableObject(addressOf(id, bindings).stub);
    await ask(`/v1/runs/${id}`);
    await vi.waitFor(async () => expect(await rowOf(id)).toEqual({ status: 'completed' }));
  });

  it('forgets runs that never began, and has room for others then', async () => {
    const list = listNamed('never begun');
    const ids = Array.from({ length: 5 }, () => newAddress(bindings).id);
    for (const [i, id] of ids.entries()) await list.admit(listed(id, Date.now() - LATER_MS + i), 5);
    expect(await list.list({ limit: 2 })).toEqual([]);
    expect(await list.admit(listed('run_k1'), 1)).toBe(true);
  });

  it('does not forget a run that begins again with the same key while it is asked', async () => {
    const list = listNamed('begun again');
    const { id } = newAddress(bindings);
    await list.admit(listed(id, Date.now() - LATER_MS), 5);
    const [, admitted] = await Promise.all([list.list({ limit: 2 }), list.admit(listed(id), 5)]);
    expect([admitted, (await list.list({ limit: 2 }))?.map((run) => run.id)]).toEqual([true, [id]]);
  });

  it('has no run any more whose place another run of its key has taken', async () => {
    const headers = { 'idempotency-key': 'replaced', prefer: 'respond-async, wait=5' };
    serve({ [CHAT]: () => new Response('{}', { status: 401 }) });
    const failed = await startChat(headers);
    await vi.waitFor(async () => expect(await statuses()).toEqual({ [failed]: 'failed' }));
    serve({ [CHAT]: () => Response.json({ choices: [] }) });
    const next = await startChat({ 'idempotency-key': 'replaced' });
    expect([next, await statuses()]).toEqual([`${failed}.2`, {}]);
  });

  it('keeps a run that cannot be asked as it is', async () => {
    const list = listNamed('unreachable');
    const run = listed('not the id of a run', Date.now() - LATER_MS);
    await list.admit(run, 5);
    expect(await list.list({ limit: 2 })).toEqual([run]);
  });
});
