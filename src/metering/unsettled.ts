import { type Amount, Tally } from './amount.ts';
import type { Settlement } from './exchange.ts';

/** What an isolate used and released of its reservations since its last message to the object, by UTC day. */
export class Unsettled {
  #days = new Map<number, { readonly used: Tally; readonly released: Tally }>();

  get isNothing(): boolean {
    return this.#days.size === 0;
  }

  add(day: number, used: Amount, released: Amount): void {
    let open = this.#days.get(day);
    if (!open) {
      open = { used: new Tally(), released: new Tally() };
      this.#days.set(day, open);
    }
    open.used.add(used);
    open.released.add(released);
  }

  /** @returns all of it as plain data, which can be sent. If the message is lost, it is to be put back. */
  take(): Settlement[] {
    const settlements = [...this.#days].map(([day, { used, released }]) => ({
      day,
      used: used.take(),
      released: released.take(),
    }));
    this.#days = new Map();
    return settlements;
  }

  putBack(settlements: readonly Settlement[]): void {
    for (const { day, used, released } of settlements) this.add(day, used, released);
  }
}
