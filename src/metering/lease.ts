import type { Limited } from '../access/caller.ts';
import type { Call } from '../call/call.ts';
import { ApiError } from '../errors.ts';
import type { LimitName } from '../limits.ts';
import { type Amount, NOTHING, Tally } from './amount.ts';
import { DAY_MS, dayOf, type Exchange, type Grant, type Room, type Settlement } from './exchange.ts';
import { SettleLater } from './settle-later.ts';

/** This isolate, to the objects that count. */
let holder: string | undefined;

const leases = new Map<string, Lease>();
const MAX_LEASES = 10_000;
/** Requests of one lease, where the limit is wide enough. More would save hardly anything. */
const MAX_LEASE = 1_000;
const ASK_LIMIT_MS = 2_000;
/** A refused isolate does not ask again at once: a flood of requests must not become a flood of messages. */
const REFUSED_MS = 1_000;

/** Budgets. If they cannot be counted, nothing is spent; rates stay open. */
const MONEY: readonly LimitName[] = ['usd_per_day', 'tokens_per_day', 'images_per_day'];

export interface Refusal {
  readonly limit: LimitName;
  readonly waitMs: number;
}

/** What was reserved for one request. */
export interface Reservation {
  readonly amount: Amount;
  readonly day: number;
}

export function leaseOf(limited: Limited): Lease {
  let lease = leases.get(limited.name);
  if (!lease) {
    if (leases.size >= MAX_LEASES) forgetIdle();
    lease = new Lease(limited);
    leases.set(limited.name, lease);
  }
  // They may have been changed meanwhile.
  lease.limits = limited.limits;
  return lease;
}

/** What an idle lease has reserved, its object takes back after a while. */
function forgetIdle(): void {
  for (const [name, { isIdle }] of leases) if (isIdle) leases.delete(name);
}

/** What this isolate has reserved of one caller's limits, for requests to come. */
export class Lease {
  readonly name: string;
  limits: Limited['limits'];
  /** What is left in the world, as of the last message. */
  room: Room = {};
  minuteEndsAt = 0;
  dayEndsAt = 0;
  readonly #left = new Tally();
  /** Concurrent requests that may begin, and those that ended and were not reported yet. */
  #slots = 0;
  #freed = 0;
  /** What was used and released since the last message, by day. */
  #unsettled = new Map<number, { readonly used: Tally; readonly released: Tally }>();
  /** Requests of the last lease. */
  #size = 0;
  #asking = 0;
  #refusal: (Refusal & { readonly at: number }) | undefined;
  readonly #flushing = new SettleLater((call) => this.#flush(call));

  constructor({ name, limits }: Limited) {
    this.name = name;
    this.limits = limits;
  }

  /** Whether the object knows all. */
  get isIdle(): boolean {
    return this.#unsettled.size === 0 && this.#asking === 0;
  }

  /** Takes from what is reserved. @returns undefined if that does not suffice */
  take(amount: Amount, call: Call): Reservation | undefined {
    const now = Date.now();
    if (now >= this.minuteEndsAt || now >= this.dayEndsAt) this.#drop();
    if (!this.#left.covers(amount) || (this.#countsRunning && this.#slots < 1)) return undefined;
    this.#left.add(amount, -1);
    if (this.#countsRunning) this.#slots--;
    // Asked for while there is still some: otherwise all concurrent requests would ask, and wait, at the same time.
    if (this.#size > 1 && this.#left.requests < this.#size / 2 && this.#asking === 0) {
      call.waitUntil(this.#refill(amount, call));
    }
    return { amount, day: this.#day };
  }

  /**
   * Asks the object for more.
   *
   * @returns undefined if the object does not answer, and only rates are limited
   * @throws ApiError `limits_unavailable` if it does not answer, and a budget is limited
   */
  async ask(amount: Amount, call: Call): Promise<Reservation | Refusal | undefined> {
    const refused = this.#refusal;
    if (refused && Date.now() < refused.at + Math.min(refused.waitMs, REFUSED_MS)) {
      return { limit: refused.limit, waitMs: refused.at + refused.waitMs - Date.now() };
    }
    const grant = await this.#exchange(amount, call);
    if (!grant) return undefined;
    // What another request of this isolate got meanwhile may do.
    const reservation = this.take(amount, call);
    if (reservation) return reservation;
    const limit = grant.refusedBy ?? 'requests_per_minute';
    const refusal = { limit, waitMs: waitFor(limit, grant) };
    if (limit.startsWith('requests_')) this.#refusal = { ...refusal, at: Date.now() };
    return refusal;
  }

  /** A request has ended. @param used what it really used */
  settle({ amount, day }: Reservation, used: Amount, call: Call): void {
    if (!this.#isCounted) return;
    this.#release(day, used, amount);
    if (this.#countsRunning) this.#slots++;
    this.#report(call);
  }

  /** A request that was not run, because another limit refused it: nothing was used. */
  giveBack({ amount, day }: Reservation, call: Call): void {
    if (this.#countsRunning) this.#slots++;
    if (day === this.#day) this.#left.add(amount);
    if (this.#isCounted) this.#report(call);
  }

  #report(call: Call): void {
    // Where little is left, others need to know at once.
    if (this.#size <= 1) call.waitUntil(this.#flush(call));
    else this.#flushing.schedule(call);
  }

  /** The UTC day of what is left. */
  get #day(): number {
    return dayOf(this.dayEndsAt - DAY_MS);
  }

  get #countsRunning(): boolean {
    return this.limits.concurrent_requests !== undefined;
  }

  /** Whether the object needs to know how requests ended: a rate by the minute is used up by asking. */
  get #isCounted(): boolean {
    for (const name in this.limits) if (name !== 'requests_per_minute') return true;
    return false;
  }

  #release(day: number, used: Amount, released: Amount): void {
    let open = this.#unsettled.get(day);
    if (!open) {
      open = { used: new Tally(), released: new Tally() };
      this.#unsettled.set(day, open);
    }
    open.used.add(used);
    open.released.add(released);
  }

  /** Reservations are for one minute of one day. */
  #drop(): void {
    if (this.#left.isNothing) return;
    this.#release(this.#day, NOTHING, this.#left.take());
  }

  async #refill(amount: Amount, call: Call): Promise<void> {
    // A refusal is the answer to the request that finds nothing left.
    await this.#exchange(amount, call).catch(() => {});
  }

  async #flush(call: Call): Promise<void> {
    this.#drop();
    this.#freed += this.#slots;
    this.#slots = 0;
    // What could not be said now is said with the next message.
    await this.#exchange(undefined, call).catch(() => {});
  }

  async #exchange(ask: Amount | undefined, call: Call): Promise<Grant | undefined> {
    const settle: Settlement[] = [...this.#unsettled].map(([day, { used, released }]) => ({
      day,
      used: used.take(),
      released: released.take(),
    }));
    const freed = this.#freed;
    this.#unsettled = new Map();
    this.#freed = 0;
    // While another request asks for a lease, this one asks for itself only: an isolate never holds much more than one.
    const most = this.#asking > 0 ? 1 : MAX_LEASE;
    if (ask) this.#asking++;
    try {
      holder ??= crypto.randomUUID();
      const { LIMITS } = call.env;
      if (!LIMITS) throw new Error('The binding LIMITS is missing.');
      const stub = LIMITS.getByName(this.name) as unknown as Stub;
      const answer = stub.exchange({ holder, limits: this.limits, ask, most, settle, freed });
      const grant = await call.deadlines.limit(answer, ASK_LIMIT_MS, () => {
        throw new Error('The object did not answer.');
      });
      this.#learn(grant);
      if (ask) this.#reserve(ask, grant, most);
      return grant;
    } catch (cause) {
      for (const { day, used, released } of settle) this.#release(day, used, released);
      this.#freed += freed;
      if (!MONEY.some((name) => this.limits[name] !== undefined)) return undefined;
      throw new ApiError(
        'limits_unavailable',
        'The budget of the key or token cannot be checked now. Try again later.',
        { cause, headers: { 'retry-after': '1' } },
      );
    } finally {
      if (ask) this.#asking--;
    }
  }

  #learn({ room, minuteEndsAt, dayEndsAt, now }: Grant): void {
    // By this isolate's clock.
    const offset = Date.now() - now;
    if (minuteEndsAt + offset > this.minuteEndsAt + 1_000) this.#drop();
    this.room = room;
    this.minuteEndsAt = minuteEndsAt + offset;
    this.dayEndsAt = dayEndsAt + offset;
  }

  #reserve(amount: Amount, { size, refusedBy }: Grant, most: number): void {
    if (refusedBy === undefined) {
      this.#left.add(amount, size);
      if (this.#countsRunning) this.#slots += size;
    }
    if (most > 1) this.#size = size;
  }
}

/** A Limiter, as its callers see it. */
type Stub = { exchange(exchange: Exchange): Promise<Grant> };

function waitFor(limit: LimitName, { minuteEndsAt, dayEndsAt, now }: Grant): number {
  if (limit === 'concurrent_requests') return 1_000;
  return (limit === 'requests_per_minute' ? minuteEndsAt : dayEndsAt) - now;
}

/** For tests: a new isolate has reserved nothing. */
export function forgetLeases(): void {
  leases.clear();
  holder = undefined;
}
