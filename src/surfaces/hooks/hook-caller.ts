import type { Caller } from '../../access/caller.ts';
import { SCOPES } from '../../base/scopes.ts';
import type { Hook } from './hook.ts';

/** The caller of what a hook runs: the hook itself, with its own limits and its own usage. */
export function callerOfHook({ name, limits }: Hook): Caller {
  const id = `hook:${name}`;
  return {
    id,
    kind: 'hook',
    account: id,
    issuer: '',
    scopes: SCOPES,
    models: 'all',
    limited: limits ? [{ name: id, limits }] : [],
  };
}
