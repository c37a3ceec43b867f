import type { Limited } from '../access/caller.ts';
import type { Call } from '../call/call.ts';
import { ApiError } from '../errors.ts';
import type { LimitName } from '../limits.ts';
import { type Amount, covers, minus, NOTHING, sum, times } from './amount.ts';
import { DAY_MS, dayOf, type Exchange, type Grant, type Room, type Settlement } from './exchange.ts';
import { settleLater } from './settle-later.ts';

/** This isolate, to the objects that count. */
let holder: string | undefined;

const leases = new Map<string, Lease>();
const MAX_LEASES = 10_000;
/** More at once would save hardly anything, and be missing elsewhere. */
const MAX_LEASE = 10;
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
  #left: Amount = NOTHING;
  #slots = 0;
  #freed = 0;
  #unsettled = new Map<number, { used: Amount; released: Amount }>();
  #isExact = false;
  #asking = 0;
  #refusal: (Refusal & { readonly at: number }) | undefined;

  constructor({ name, limits }: Limited) {
    this.name = name;
    this.limits = limits;
  }

  /** Takes from what is reserved. @returns undefined if that does not suffice */
  take(amount: Amount): Reservation | undefined {
    const now = Date.now();
    if (now >= this.minuteEndsAt || now >= this.dayEndsAt) this.#drop();
    if (!covers(this.#left, amount) || (this.#countsRunning && this.#slots < 1)) return undefined;
    this.#left = minus(this.#left, amount);
    if (this.#countsRunning) this.#slots--;
    return { amount, day: dayOf(this.dayEndsAt - DAY_MS) };
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
    if (grant.refusedBy === undefined) {
      this.#left = sum(this.#left, times(amount, grant.size));
      if (this.#countsRunning) this.#slots += grant.size;
    }
    // What another request of this isolate got meanwhile may do.
    const reservation = this.take(amount);
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
    // Where little is left, others need to know at once.
    if (this.#isExact) call.waitUntil(this.#flush(call));
    else settleLater(this, call, () => this.#flush(call));
  }

  /** A request that was not run: nothing was used, and nobody needs to be told. */
  giveBack({ amount, day }: Reservation): void {
    if (this.#countsRunning) this.#slots++;
    if (day === dayOf(this.dayEndsAt - DAY_MS)) this.#left = sum(this.#left, amount);
  }

  /** Whether the object knows all. */
  get isIdle(): boolean {
    return this.#unsettled.size === 0 && this.#asking === 0;
  }

  get #countsRunning(): boolean {
    return this.limits.concurrent_requests !== undefined;
  }

  /** Whether the object needs to know how requests ended: a rate by the minute is used up by asking. */
  get #isCounted(): boolean {
    return Object.keys(this.limits).some((name) => name !== 'requests_per_minute');
  }

  #release(day: number, used: Amount, released: Amount): void {
    const open = this.#unsettled.get(day) ?? { used: NOTHING, released: NOTHING };
    this.#unsettled.set(day, { used: sum(open.used, used), released: sum(open.released, released) });
  }

  /** Reservations are for one minute of one day. */
  #drop(): void {
    if (covers(NOTHING, this.#left)) return;
    this.#release(dayOf(this.dayEndsAt - DAY_MS), NOTHING, this.#left);
    this.#left = NOTHING;
  }

  async #flush(call: Call): Promise<void> {
    this.#drop();
    this.#freed += this.#slots;
    this.#slots = 0;
    // What could not be said now is said with the next message.
    await this.#exchange(undefined, call).catch(() => {});
  }

  async #exchange(ask: Amount | undefined, call: Call): Promise<Grant | undefined> {
    const settle: Settlement[] = [...this.#unsettled].map(([day, open]) => ({ day, ...open }));
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
      this.#learn(grant, ask !== undefined);
      return grant;
    } catch (cause) {
      for (const { day, used, released } of settle) this.#release(day, used, released);
      this.#freed += freed;
      if (!MONEY.some((name) => this.limits[name] !== undefined)) return undefined;
      throw new ApiError(
        'limits_unavailable',
        'The budget of the key or token cannot be checked now. Try again later.',
        {
          cause,
          headers: { 'retry-after': '1' },
        },
      );
    } finally {
      if (ask) this.#asking--;
    }
  }

  #learn({ room, size, minuteEndsAt, dayEndsAt, now }: Grant, asked: boolean): void {
    // By this isolate's clock.
    const offset = Date.now() - now;
    if (minuteEndsAt + offset > this.minuteEndsAt + 1_000) this.#drop();
    this.room = room;
    this.minuteEndsAt = minuteEndsAt + offset;
    this.dayEndsAt = dayEndsAt + offset;
    if (asked) this.#isExact = size <= 1;
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
