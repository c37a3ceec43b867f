import type { Call } from '../call/call.ts';
import { toApiError } from '../errors.ts';
import type { JsonObject } from '../tasks.ts';
import { admit } from './admit.ts';
import { estimate, used } from './meter.ts';
import type { Priced } from './price.ts';
import { recordUsage } from './usage.ts';

/**
 * Runs a request within the limits of its caller, and records what it used: after the last byte of its answer, if that is
 * a stream.
 *
 * @param model undefined for routes that ask no model: they only count as requests
 */
export async function metered(
  model: Priced | undefined,
  body: unknown,
  call: Call,
  run: () => Response | Promise<Response>,
): Promise<Response> {
  const estimated = estimate(model, body as JsonObject, call);
  const admitted = call.caller.limited.length > 0 ? admit(estimated, call) : undefined;
  const admission = admitted instanceof Promise ? await admitted : admitted;
  const settle = () => {
    const amount = used(model, estimated, call);
    admission?.settle(amount);
    if (model) recordUsage(model.id, amount, call);
  };
  const { report } = call;
  try {
    const answer = await run();
    if (report.streamed) call.waitUntil(report.streamed.then(settle, settle));
    else settle();
    return answer;
  } catch (error) {
    report.error ??= toApiError(error).code;
    settle();
    throw error;
  }
}
