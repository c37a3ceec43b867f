import type { Call } from '../call/call.ts';

/**
 * Usage is written this long after the first request that was not written yet, together with that of all
 * others since.
 */
export const LATER_MS = 2_000;
/** By then the request that was to write it is gone. */
const LOST_MS = 10_000;

/** Runs work once for everything that happens within two seconds. */
export class Debounced {
  #scheduledUntil = 0;
  readonly #work: (call: Call) => Promise<void>;

  constructor(work: (call: Call) => Promise<void>) {
    this.#work = work;
  }

  schedule(call: Call): void {
    const now = Date.now();
    if (now < this.#scheduledUntil) return;
    this.#scheduledUntil = now + LOST_MS;
    const later = scheduler.wait(LATER_MS).then(() => {
      this.#scheduledUntil = 0;
      return this.#work(call);
    });
    call.waitUntil(later);
  }
}
