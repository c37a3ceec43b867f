import { ApiError } from '../base/errors.ts';
import type { Call } from '../call/call.ts';
import type { Model } from '../call/tasks.ts';
import { askHost } from './ask-host.ts';
import { reportBypass, reportCollapsed, reportHit } from './cache-status.ts';
import { answerOf, type Entry, secondsLeft } from './entry.ts';
import { type Named, nameOf } from './entry-name.ts';
import { flightOf, follow, takeOff } from './flights.ts';
import { readGeneration } from './generation.ts';
import { recall } from './memory.ts';
import type { Plan } from './plan.ts';
import { findStored } from './stores.ts';

/** After so many requests that failed for all that followed them, a request asks the host itself. */
const FOLLOWS = 2;

export interface Asked extends Plan, Pick<Named, 'route' | 'body'> {
  readonly model: Model;
}

/**
 * Answers from the cache, or asks the host and stores its answer. The request is authenticated and admitted;
 * nothing of it has been sent.
 *
 * @throws ApiError `not_cached`, or what `run` throws
 */
export async function answerThroughCache(
  asked: Asked,
  call: Call,
  run: () => Response | Promise<Response>,
): Promise<Response> {
  const { wish } = asked;
  const read = readGeneration(call);
  const generation = read instanceof Promise ? await read : read;
  if (generation === undefined) {
    if (wish.mode === 'only') throw notCached();
    reportBypass(call.report, 'unavailable');
    return run();
  }
  const naming = nameOf({ ...asked, generation }, call);
  const name = naming instanceof Promise ? await naming : naming;
  if (wish.mode === 'refresh') return askHost({ ...asked, name, end: () => {} }, call, run);
  const known = recall(name);
  if (known && secondsLeft(known, wish) > 0) return hit(known, asked, call);
  if (wish.mode === 'only') {
    const stored = await findStored(name, wish, call);
    if (stored) return hit(stored, asked, call);
    throw notCached();
  }
  const alone = () => askHost({ ...asked, name, end: () => {} }, call, run);
  // Nothing is awaited between the look at what flies and the own take-off: of many, one asks.
  for (let follows = 0, flight = flightOf(name); flight; flight = flightOf(name)) {
    if (follows++ === FOLLOWS) return alone();
    const outcome = await follow(flight, limitFor(asked, call), call);
    if (outcome === 'late' || outcome === 'not-stored') return alone();
    if (outcome === 'failed') continue;
    reportCollapsed(call, outcome);
    return answerOf(outcome);
  }
  return leadTo(name, asked, call, run);
}

/** Looks in the stores and asks the host. Other requests for the same follow this one. */
async function leadTo(
  name: string,
  asked: Asked,
  call: Call,
  run: () => Response | Promise<Response>,
): Promise<Response> {
  const end = takeOff(name, call);
  try {
    const stored = await findStored(name, asked.wish, call);
    if (!stored) return await askHost({ ...asked, name, end }, call, run);
    end(stored);
    return hit(stored, asked, call);
  } catch (error) {
    end('failed');
    throw error;
  }
}

function hit(entry: Entry, { wish }: Asked, call: Call): Response {
  reportHit(call, entry, wish);
  return answerOf(entry);
}

/**
 * Followers of a stream wait for its end, since it may fail after they have been sent half of it; but no
 * longer than a client waits in silence.
 */
function limitFor({ body }: Asked, { limits, settings }: Call): number {
  const isStream = (body as { stream?: unknown }).stream === true;
  return isStream ? settings.streams.keepaliveMs : limits.totalMs;
}

function notCached(): ApiError {
  const message = 'The answer is not in the cache, and `Cache-Control: only-if-cached` asks for nothing else.';
  return new ApiError('not_cached', message, { headers: { 'x-should-retry': 'false' } });
}
