import { ApiError } from '../src/base/errors.ts';
import { isObject } from '../src/base/is-object.ts';
import type { JsonObject } from '../src/call/tasks.ts';

/**
 * Refuses a request that is to be blocked if a moderation finds something: a host that does not know the
 * field would answer without one.
 *
 * @throws ApiError `unsupported_parameter`
 */
export function refuseBlocking({ moderation }: JsonObject): void {
  const policy = isObject(moderation) ? moderation.policy : undefined;
  if (!isObject(policy)) return;
  for (const side of Object.keys(policy)) {
    const rule = policy[side];
    if (!isObject(rule) || rule.mode !== 'block') continue;
    const param = `moderation.policy.${side}.mode`;
    const message = `\`${param}\` cannot be "block": a host that does not know it would answer without. Ask /v1/moderations before.`;
    throw new ApiError('unsupported_parameter', message, { param });
  }
}
