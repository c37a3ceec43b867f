import { digest } from '../base/bytes/digest.ts';
import { ApiError, unavailable } from '../base/errors.ts';
import type { Env } from '../settings/settings.ts';

/**
 * The id of a run names its Durable Object. `run_k` is followed by the digest of caller, route and
 * idempotency key, so that the same key finds the same object; `run_u` by an id that the platform made, which
 * needs no look-up across the network. An object whose first run failed, and was run again with the same key,
 * adds `.2`, `.3` and so on: no reader of an earlier run may get the events of a later one.
 */
const RUN_ID = /^run_([ku])([\w-]{43})(\.\d{1,6})?$/;

const BASE64URL = { alphabet: 'base64url', omitPadding: true } as const;

export interface RunAddress {
  /** The id of the first run of the object. */
  readonly id: string;
  readonly stub: DurableObjectStub;
}

interface KeyedRun {
  readonly owner: string;
  readonly route: string;
  readonly key: string;
}

export async function addressOfKey({ owner, route, key }: KeyedRun, env: Env): Promise<RunAddress> {
  const name = await digest(`${owner}\n${route}\n${key}`);
  return { id: `run_k${name}`, stub: runsOf(env).getByName(name) };
}

export function newAddress(env: Env): RunAddress {
  const runs = runsOf(env);
  const id = runs.newUniqueId();
  return { id: `run_u${Uint8Array.fromHex(id.toString()).toBase64(BASE64URL)}`, stub: runs.get(id) };
}

/** @throws ApiError `run_not_found` if there cannot be such a run */
export function addressOf(id: string, env: Env): RunAddress {
  const [, kind, name = ''] = RUN_ID.exec(id) ?? [];
  const runs = runsOf(env);
  if (kind === 'k') return { id, stub: runs.getByName(name) };
  if (kind !== 'u') throw runNotFound();
  try {
    const hex = Uint8Array.fromBase64(name, { alphabet: 'base64url' }).toHex();
    return { id, stub: runs.get(runs.idFromString(hex)) };
  } catch {
    // Not an id that the platform made.
    throw runNotFound();
  }
}

export function runNotFound(): ApiError {
  return new ApiError('run_not_found', 'There is no such run, or it has expired. GET /v1/runs lists your runs.');
}

/**
 * @throws ApiError `runs_unavailable` if the object of a run does not answer: a deployment restarts all of
 * them
 */
export async function reach<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    const message =
      'The run cannot be reached now. Send the request again, with the same `Idempotency-Key` if it has one.';
    throw unavailable('runs_unavailable', message, { cause });
  }
}

function runsOf({ RUNS }: Env): DurableObjectNamespace {
  if (RUNS) return RUNS;
  throw new ApiError(
    'configuration_invalid',
    'The binding RUNS is missing from the configuration, so nothing can be recorded.',
  );
}
