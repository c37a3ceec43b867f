import { isolateState } from '../base/isolate-state.ts';
import { withTimeout } from '../base/with-timeout.ts';
import type { Call } from '../call/call.ts';
import type { Entry } from './entry.ts';

/**
 * How often a request that asks the host says that it still does. No longer than the limit of the first
 * store: a shorter deadline after a longer one would set the timer of the call twice.
 */
const BEAT_MS = 500;
/** After so much silence it is gone: the platform can end it without a word. */
const GONE_MS = 5_000;

/** `failed` asks the next follower to ask the host; what is not stored, each asks for itself. */
export type Outcome = Entry | 'failed' | 'not-stored';

/** A request that is asking the host: others for the same answer follow it. */
export class Flight {
  readonly #end = Promise.withResolvers<Outcome>();
  beatAt = Date.now();

  get ended(): Promise<Outcome> {
    return this.#end.promise;
  }

  end(outcome: Outcome): void {
    this.#end.resolve(outcome);
  }
}

const flights = isolateState('answer-flights', () => new Map<string, Flight>());

/** @returns ends the flight: it has to be called once, whatever happens */
export function takeOff(name: string, { deadlines }: Call): (outcome: Outcome) => void {
  const flight = new Flight();
  flights.set(name, flight);
  let stop = () => {};
  const beat = () => {
    flight.beatAt = Date.now();
    stop = deadlines.in(BEAT_MS, beat);
  };
  beat();
  return (outcome) => {
    stop();
    if (flights.get(name) === flight) flights.delete(name);
    flight.end(outcome);
  };
}

/** A request that is asking the host for an answer. */
export const flightOf = (name: string): Flight | undefined => flights.get(name);

/**
 * Waits for the request that is asking for an answer.
 *
 * @param limitMs how long at most
 * @returns `late` if it takes longer, or is gone
 */
export async function follow(flight: Flight, limitMs: number, { deadlines }: Call): Promise<Outcome | 'late'> {
  const until = Date.now() + limitMs;
  while (Date.now() < until && Date.now() - flight.beatAt < GONE_MS) {
    const wait = Math.min(BEAT_MS, until - Date.now());
    const outcome = await withTimeout(flight.ended, { ms: wait, late: () => undefined, timers: deadlines });
    if (outcome !== undefined) return outcome;
  }
  return 'late';
}
