import { ApiError } from '../base/errors.ts';
import { pageOf, unknownAfter } from '../base/page.ts';
import type { Call } from '../call/call.ts';
import { describeListed, type describeRun } from './describe-run.ts';
import { type ReadCommand, writeMessage } from './messages.ts';
import { addressOf, reach, runNotFound } from './run-address.ts';
import type { ListRequest } from './run-list.ts';
import { listRunsOf } from './run-lists.ts';
import type { RunObject } from './run-object.ts';
import { readPreferences } from './run-options.ts';

type Described = ReturnType<typeof describeRun>;
type Calls = {
  [Name in 'describe' | 'cancel']: (...values: Parameters<RunObject[Name]>) => Promise<Described | undefined>;
};

/** @throws ApiError `run_not_found` */
export async function getRunOf({ caller, params, env }: Call, action: keyof Calls = 'describe'): Promise<Described> {
  const { id, stub } = addressOf(params.id ?? '', env);
  const run = await reach((stub as unknown as Calls)[action](caller.id, id));
  if (!run) throw runNotFound();
  return run;
}

/** Cancels a run, and forgets it. @throws ApiError `run_not_found` */
export async function removeRun({ caller, params, env }: Call): Promise<void> {
  const { id, stub } = addressOf(params.id ?? '', env);
  const remove = (stub as unknown as { remove(caller: string, id: string): Promise<boolean> }).remove(caller.id, id);
  if (!(await reach(remove))) throw runNotFound();
}

/**
 * The answer of a run, or its events or request.
 *
 * @throws ApiError `run_not_found`; `scope_missing` or `model_not_allowed` if the caller could not have sent
 * its request
 */
export async function readRun(what: ReadCommand['what'], after: number, call: Call): Promise<Response> {
  const { caller, params, headers, env } = call;
  const { id, stub } = addressOf(params.id ?? '', env);
  const { waitMs } = readPreferences(headers.get('prefer') ?? '');
  const { kind, scopes, models } = caller;
  const message: ReadCommand = { what, id, caller: caller.id, reader: { kind, scopes, models }, after, waitMs };
  const sent = new Headers();
  writeMessage(sent, message);
  const answer = await reach(stub.fetch('https://run/', { headers: sent }));
  // What a run itself was answered has its id.
  if (answer.status === 403 && !answer.headers.has('x-run-id')) throw await refusalIn(answer);
  call.outcome.setRun(id);
  return new Response(answer.body, { status: answer.status, headers: answer.headers });
}

async function refusalIn(answer: Response): Promise<ApiError> {
  const { error } = (await answer.json()) as ApiError['body'];
  return new ApiError(error.code as ApiError['code'], error.message, { param: error.param ?? undefined });
}

/** The number in `Last-Event-ID: <run>:<number>`. @throws ApiError `invalid_parameter` */
export function lastEvent({ headers, params }: Call): number {
  const value = headers.get('last-event-id');
  if (!value) return 0;
  const number = value.startsWith(`${params.id}:`) ? value.slice((params.id?.length ?? 0) + 1) : '';
  if (/^\d{1,9}$/.test(number)) return Number(number);
  throw new ApiError('invalid_parameter', '`Last-Event-ID` must be the id of an event of this run: <run>:<number>.', {
    param: 'Last-Event-ID',
  });
}

export async function listRunsFor({ caller, env }: Call, request: ListRequest) {
  const runs = await listRunsOf(caller.id, request, env);
  if (!runs) throw unknownAfter();
  return pageOf(runs.map(describeListed), request.limit);
}
