import type { Limited } from '../access/caller.ts';
import { toApiError } from '../base/errors.ts';
import { type Call, deriveCall, followClient } from '../call/call.ts';
import type { JsonObject } from '../call/tasks.ts';
import { admit } from './admit.ts';
import { type Amount, ONE_REQUEST } from './amount.ts';
import { estimate, type Used, used } from './meter.ts';
import type { Priced } from './price.ts';
import type { Reservation } from './reservation.ts';
import { recordUsage } from './usage.ts';

/**
 * Runs a request within the limits of its caller, and records what it used: after the last byte of its
 * answer, if that is a stream.
 *
 * @param model undefined for routes that ask no model: they only count as requests
 * @param run gets the call to go on with
 */
export async function metered(
  model: Priced | undefined,
  body: unknown,
  call: Call,
  run: (call: Call) => Response | Promise<Response>,
): Promise<Response> {
  const estimated = estimate(model, body as JsonObject, call);
  const { outcome, caller } = call;
  const limited = model ? caller.limited : call.isCounted ? [] : withoutPlaces(caller.limited);
  const countsRunning = limited.some(({ limits }) => limits.concurrent_requests !== undefined);
  const kept = countsRunning ? keepUntilSettled(call) : undefined;
  let reservations: readonly Reservation[] = [];
  try {
    if (limited.length > 0) reservations = await admit(estimated, limited, call);
  } catch (error) {
    kept?.settled();
    throw error;
  }
  const settle = () => {
    const spent = usedOr(estimated, model, call);
    for (const reservation of reservations) reservation.settle(spent.amount, call);
    if (model) recordUsage(model.id, spent, call);
    kept?.settled();
  };
  try {
    const answer = await run(kept?.call ?? call);
    if (outcome.bodyDone) call.waitUntil(outcome.bodyDone.then(settle, settle));
    else settle();
    return answer;
  } catch (error) {
    outcome.fail(toApiError(error).code);
    settle();
    throw error;
  }
}

/** What was reserved counts, if what a request used cannot be counted. */
function usedOr(estimated: Amount, model: Priced | undefined, call: Call): Used {
  try {
    return used(model, estimated, call);
  } catch (cause) {
    call.report.cause ??= cause;
    return { amount: estimated, isEstimated: true };
  }
}

/**
 * A request that asks no model takes no place among the concurrent ones: a caller can follow its run, and
 * cancel it.
 */
function withoutPlaces(limited: readonly Limited[]): readonly Limited[] {
  return limited
    .map(({ name, limits: { concurrent_requests: _, ...limits } }) => ({ name, limits }))
    .filter(({ limits }) => Object.keys(limits).length > 0);
}

/**
 * Counts a request that asks no model, or of which only an object knows whether it does.
 *
 * @throws ApiError if a limit of its caller refuses it
 */
export async function countRequest(call: Call): Promise<void> {
  const limited = withoutPlaces(call.caller.limited);
  if (limited.length === 0 || call.isCounted) return;
  for (const reservation of await admit(ONE_REQUEST, limited, call)) reservation.settle(ONE_REQUEST, call);
}

/**
 * Looks up what decides how a request is metered. A request that fails here counts, too: it has asked an
 * object.
 */
export async function meterOnError<T>(call: Call, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    await countRequest(call);
    throw error;
  }
}

/**
 * Lets a call go on until it is settled, if its client leaves before it is answered: workerd would end it at
 * once, and its place among the concurrent requests would stay taken. Only for callers with that limit, since
 * signals cost CPU and memory.
 *
 * @returns the call to go on with, and a function to be called when it is settled
 */
function keepUntilSettled(call: Call): { readonly call: Call; settled(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  call.waitUntil(promise);
  followClient(call);
  // As a part its requests to hosts have signals of their own: they are closed as soon as the client has
  // left.
  return { call: deriveCall(call, { cancellation: call.cancellation.part() }), settled: resolve };
}
