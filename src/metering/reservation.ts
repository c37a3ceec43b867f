import type { Call } from '../call/call.ts';
import type { Amount } from './amount.ts';

/** What is reserved, and for how long. */
export interface Reserved {
  readonly amount: Amount;
  /** The UTC day, counted from 1970. */
  readonly day: number;
  /** When its minute or day ends, by this isolate's clock. */
  readonly endsAt: number;
}

/** From whom it is reserved. */
export interface Reserving {
  settle(reserved: Reserved, used: Amount, call: Call): void;
  cancel(reserved: Reserved, call: Call): void;
}

/**
 * What was reserved for one request. It is settled or cancelled once: whatever comes later changes nothing,
 * so that an answer and the failure that follows it do not both count.
 */
export class Reservation {
  readonly reserved: Reserved;
  #from: Reserving | undefined;

  constructor(reserved: Reserved, from: Reserving) {
    this.reserved = reserved;
    this.#from = from;
  }

  /** The request has ended. @param used what it really used */
  settle(used: Amount, call: Call): void {
    this.#end()?.settle(this.reserved, used, call);
  }

  /** The request was not run: nothing was used. */
  cancel(call: Call): void {
    this.#end()?.cancel(this.reserved, call);
  }

  #end(): Reserving | undefined {
    const from = this.#from;
    this.#from = undefined;
    return from;
  }
}
