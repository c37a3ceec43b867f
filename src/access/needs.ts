import { ApiError } from '../base/errors.ts';
import type { Access, Caller } from './caller.ts';
import { mayUse, otherChoiceIn, requireAccess, requireModel } from './permissions.ts';

/**
 * What the request of a run needed of its caller. Whoever gets the answer later needs the same, also with
 * another token of the same subject. Plain data.
 */
export interface Needs {
  /** Of each route that ran. */
  readonly access: Access[];
  /** The names of each model: as the caller wrote it, and its id. One of them is enough. */
  readonly models: (readonly string[])[];
  /**
   * Set if the body chose models by other fields: then a caller that is limited to models needs more than it
   * has.
   */
  choosesModels?: boolean;
}

export const noNeeds = (): Needs => ({ access: [], models: [] });

/** Who asks, and where it is collected what the request needs: a call. */
interface Asking {
  readonly caller: Caller;
  readonly needs?: Needs | undefined;
}

/** @throws ApiError `scope_missing` if a route is not for the caller */
export function needAccess({ caller, needs }: Asking, access: Access): void {
  needs?.access.push(access);
  requireAccess(caller, access);
}

/**
 * @param names of the model: as the caller wrote it, and its id
 * @throws ApiError `model_not_allowed` if the caller cannot use the model, or names another one in the body
 */
export function needModel({ caller, needs }: Asking, names: readonly string[], body: unknown): void {
  if (needs) {
    needs.models.push(names);
    if (otherChoiceIn(body) !== undefined) needs.choosesModels = true;
  }
  requireModel(caller, names, body);
}

/** The part of a caller that decides what it may read. Plain data. */
export type Reader = Pick<Caller, 'kind' | 'scopes' | 'models'>;

/**
 * Checks whether a caller could have sent the request of a run.
 *
 * @param needs undefined of runs that were stored before needs were: only callers without limits read them
 * @throws ApiError `scope_missing` or `model_not_allowed`
 */
export function requireNeeds(reader: Reader, needs: Needs | undefined): void {
  if (!needs) {
    if (reader.scopes === 'all' && reader.models === 'all') return;
    throw new ApiError('scope_missing', 'Only a key without scopes and models of its own can read this run.');
  }
  for (const access of needs.access) requireAccess(reader, access);
  if (reader.models === 'all') return;
  const missing = needs.models.find((names) => !mayUse(reader, ...names));
  if (!missing && !needs.choosesModels) return;
  const what = missing ? `cannot use the model ${missing.at(-1)}` : 'is limited to models, and others were chosen';
  throw new ApiError('model_not_allowed', `The key or token ${what} in the request of this run.`, { param: 'model' });
}
