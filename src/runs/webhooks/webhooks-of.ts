import type { Caller } from '../../access/caller.ts';
import { ApiError, unavailable } from '../../base/errors.ts';
import type { Call } from '../../call/call.ts';
import type { Env } from '../../settings/settings.ts';
import type { WebhookSender } from './webhook-sender.ts';

/** The methods of a WebhookSender, as its callers see them. */
export type WebhooksStub = {
  [Name in Exclude<keyof WebhookSender, 'alarm' | 'fetch' | symbol>]: WebhookSender[Name] extends (
    ...values: infer Values
  ) => infer Result
    ? (...values: Values) => Promise<Awaited<Result>>
    : never;
};

/**
 * The object of an account: an API key, with the tokens that it issues, or the operator.
 *
 * @throws ApiError `configuration_invalid`
 */
export function webhooksOf({ account }: Pick<Caller, 'account'>, { WEBHOOKS }: Env): WebhooksStub {
  if (WEBHOOKS) return WEBHOOKS.getByName(account) as unknown as WebhooksStub;
  throw new ApiError('configuration_invalid', 'The binding WEBHOOKS is missing from the configuration.');
}

/**
 * Asks the object of a caller's account.
 *
 * @throws ApiError `webhooks_unavailable`
 */
export async function askWebhooks<T>(
  { caller, env }: Pick<Call, 'caller' | 'env'>,
  ask: (webhooks: WebhooksStub) => Promise<T>,
): Promise<T> {
  const webhooks = webhooksOf(caller, env);
  try {
    return await ask(webhooks);
  } catch (cause) {
    const message = 'The object that holds your webhooks cannot be reached now. Try again later.';
    throw unavailable('webhooks_unavailable', message, { cause });
  }
}
