import { ApiError } from '../base/errors.ts';
import { type Env, readSettings } from '../settings/settings.ts';
import { reach } from './run-address.ts';
import type { ListedRun, ListRequest, RunList } from './run-list.ts';
import type { RunRecord } from './run-record.ts';

type Calls = {
  [Name in 'admit' | 'update' | 'remove' | 'list']: (
    ...values: Parameters<RunList[Name]>
  ) => Promise<Awaited<ReturnType<RunList[Name]>>>;
};

/** Lists a run that begins as soon as it is listed. @throws ApiError `run_limit_exceeded` */
export async function admitToList(record: RunRecord, env: Env): Promise<void> {
  const { perCaller } = readSettings(env).runs;
  const { id, route, createdAt, expiresAt } = record;
  const list = listOf(record.caller.id, env);
  if (await reach(list.admit({ id, route, status: 'in_progress', createdAt, expiresAt }, perCaller))) return;
  throw new ApiError(
    'run_limit_exceeded',
    `${perCaller} runs of this caller are stored, which is the limit. Wait until the oldest ones expire.`,
    { headers: { 'x-should-retry': 'false' } },
  );
}

/** Never rejects: the list asks the run before it says that it goes on. */
export async function updateList({ id, status, caller }: RunRecord, env: Env): Promise<void> {
  await listOf(caller.id, env)
    .update(id, status)
    .catch(() => {});
}

/**
 * Before the run itself is deleted: a list says nothing of runs that do not exist.
 *
 * @throws ApiError `runs_unavailable`
 */
export function removeFromList({ id, caller }: RunRecord, env: Env): Promise<void> {
  return reach(listOf(caller.id, env).remove(id));
}

export function listRunsOf(caller: string, request: ListRequest, env: Env): Promise<ListedRun[] | undefined> {
  return reach(listOf(caller, env).list(request));
}

function listOf(caller: string, { RUN_LISTS }: Env): Calls {
  if (RUN_LISTS) return RUN_LISTS.getByName(caller) as unknown as Calls;
  throw new ApiError('configuration_invalid', 'The binding RUN_LISTS is missing from the configuration.');
}
