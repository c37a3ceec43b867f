import { type Amount, AmountSum } from './amount.ts';
import type { LimiterMessage, Settlement } from './limiter-message.ts';

type Content = Pick<LimiterMessage, 'settle' | 'endedRequests'>;

/** What an isolate used and released of its reservations since its last message to the object, by UTC day. */
export class Unsettled {
  #days = new Map<number, { readonly used: AmountSum; readonly released: AmountSum }>();
  /** Concurrent requests that were granted, and have ended or will not be made. */
  endedRequests = 0;

  get isNothing(): boolean {
    return this.#days.size === 0 && this.endedRequests === 0;
  }

  add(day: number, used: Amount, released: Amount): void {
    let open = this.#days.get(day);
    if (!open) {
      open = { used: new AmountSum(), released: new AmountSum() };
      this.#days.set(day, open);
    }
    open.used.add(used);
    open.released.add(released);
  }

  /** @returns all of it as plain data, which can be sent. If the message is lost, it is to be put back. */
  drain(): Content {
    const { endedRequests } = this;
    const settle: Settlement[] = [];
    for (const [day, { used, released }] of this.#days) {
      settle.push({ day, used: used.drain(), released: released.drain() });
    }
    this.#days = new Map();
    this.endedRequests = 0;
    return { settle, endedRequests };
  }

  putBack({ settle, endedRequests }: Content): void {
    for (const { day, used, released } of settle) this.add(day, used, released);
    this.endedRequests += endedRequests;
  }
}
