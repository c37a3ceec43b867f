import { ApiError } from '../base/errors.ts';
import type { Access, Caller } from './caller.ts';

/** Whether a route is for this caller. */
export function mayReach({ scopes, kind }: Pick<Caller, 'scopes' | 'kind'>, access: Access): boolean {
  if (access === 'public' || access === 'any') return true;
  if (access === 'key' || access === 'key-or-app') {
    return kind === 'operator' || kind === 'key' || (kind === 'app' && access === 'key-or-app');
  }
  return scopes === 'all' || scopes.includes(access);
}

/**
 * @throws ApiError `scope_missing` if a route is not for this caller
 */
export function requireAccess(caller: Pick<Caller, 'scopes' | 'kind'>, access: Access): void {
  if (mayReach(caller, access)) return;
  throw new ApiError(
    'scope_missing',
    access === 'key' || access === 'key-or-app'
      ? 'This route requires an API key; a client token is not enough.'
      : `This route requires the scope \`${access}\`, which the key or token lacks.`,
  );
}

/**
 * Fields with which hosts let a request choose other models or providers. Some hosts ignore the case of
 * names, also that of Unicode letters. Lists in forms end with `[]`.
 */
const CHOOSES_MODEL =
  /^(models?|model_id|providers?|route|fallbacks?|engine|deployment(_id)?|preset|adapter_id|api_base|base_url|extra_body)(\[\])?$/iu;

/** @param names of the model: as the caller wrote it, and its id */
export function mayUse({ models }: Pick<Caller, 'models'>, ...names: readonly (string | null | undefined)[]): boolean {
  return models === 'all' || names.some((name) => name != null && models.includes(name));
}

/**
 * @param names of the model: as the caller wrote it, and its id
 * @throws ApiError `model_not_allowed` if the caller cannot use the model, or names another one in the body
 */
export function requireModel(caller: Caller, names: readonly string[], body: unknown): void {
  if (caller.models === 'all') return;
  if (!mayUse(caller, ...names)) {
    throw new ApiError('model_not_allowed', `The key or token cannot use the model ${names.at(-1)}.`, {
      param: 'model',
    });
  }
  const field = otherChoiceIn(body);
  if (field !== undefined) {
    throw new ApiError('model_not_allowed', `The key or token is limited to models, so \`${field}\` cannot be sent.`, {
      param: field,
    });
  }
}

/** @returns a field of a body, beside `model`, with which some hosts let a request choose models */
export function otherChoiceIn(body: unknown): string | undefined {
  for (const field in body as Record<string, unknown>) {
    if (field !== 'model' && CHOOSES_MODEL.test(field)) return field;
  }
  return undefined;
}
