import type { Limited } from '../access/caller.ts';
import { BUDGETS } from '../base/limits.ts';
import { dayOf } from '../base/utc-day.ts';
import type { Call } from '../call/call.ts';
import { type Amount, AmountSum, NOTHING } from './amount.ts';
import { askLimiter } from './ask-limiter.ts';
import { Debounced } from './debounced.ts';
import type { Grant, Remaining } from './limiter-message.ts';
import { type Refusal, refusalOf, unavailableError } from './refusal.ts';
import { Reservation, type Reserved, type Reserving } from './reservation.ts';
import { Unsettled } from './unsettled.ts';

/** Requests of one lease, where the limit is wide enough. More would save hardly anything. */
const MAX_LEASE = 5_000;
/** How long a request waits for the object. */
const ASK_LIMIT_MS = 2_000;
/** A refused isolate does not ask again at once: a flood of requests must not become a flood of messages. */
const REFUSED_MS = 1_000;

/** What the limits of a caller make necessary. */
export interface LeaseKind {
  /** Whether the object stores what is reserved: a rate by the minute is used up by asking. */
  readonly isStored: boolean;
  readonly countsConcurrent: boolean;
}

/** What this isolate has reserved of one caller's limits, for requests to come. */
export class Lease implements Reserving {
  readonly name: string;
  limits: Limited['limits'];
  /** What is left across all isolates, as of the last message. */
  remaining: Remaining = {};
  minuteEndsAt = 0;
  dayEndsAt = 0;
  /** The UTC day of what is left, by the clock of the object. */
  #day = 0;
  readonly #isStored: boolean;
  readonly #countsConcurrent: boolean;
  readonly #left = new AmountSum();
  /** Concurrent requests that may begin. */
  #slots = 0;
  readonly #unsettled = new Unsettled();
  /** Requests of the last lease. */
  #size = 0;
  #asking = 0;
  #refusal: (Refusal & { readonly at: number }) | undefined;
  readonly #flushing = new Debounced((call) => this.#flush(call));

  constructor({ name, limits }: Limited, { isStored, countsConcurrent }: LeaseKind) {
    this.name = name;
    this.limits = limits;
    this.#isStored = isStored;
    this.#countsConcurrent = countsConcurrent;
  }

  /** Whether the object knows all. */
  get isIdle(): boolean {
    return this.#unsettled.isNothing && this.#asking === 0;
  }

  /** Reserves from what this isolate holds. @returns undefined if that does not suffice */
  tryReserve(amount: Amount, call: Call): Reservation | undefined {
    const now = Date.now();
    if (now >= this.minuteEndsAt || now >= this.dayEndsAt) this.#drop();
    if (!this.#left.covers(amount) || (this.#countsConcurrent && this.#slots < 1)) return undefined;
    const reservation = this.#use(amount);
    // Asked for while there is still some: otherwise all concurrent requests would ask, and wait, at the same
    // time.
    const isRunningOut = amount.requests > 0 && this.#left.requests < this.#size / 2;
    if (this.#size > 1 && isRunningOut && this.#asking === 0) call.waitUntil(this.#refill(amount, call));
    return reservation;
  }

  #use(amount: Amount): Reservation {
    this.#left.add(amount, -1);
    if (this.#countsConcurrent) this.#slots--;
    return new Reservation({ amount, day: this.#day, endsAt: Math.min(this.minuteEndsAt, this.dayEndsAt) }, this);
  }

  /**
   * Reserves by asking the object for more.
   *
   * @returns undefined if the object does not answer, and only rates are limited
   * @throws ApiError `limits_unavailable` if it does not answer, and a budget is limited
   */
  async reserve(amount: Amount, call: Call): Promise<Reservation | Refusal | undefined> {
    const refused = this.#refusal;
    if (refused && Date.now() < refused.at + Math.min(refused.waitMs, REFUSED_MS)) {
      return { ...refused, waitMs: refused.at + refused.waitMs - Date.now() };
    }
    let isAwaited = true;
    const exchange = this.#exchange(amount, call).then((answer) => {
      if (!isAwaited && answer.reservation) answer.reservation.cancel(call);
      return answer;
    });
    // It ends also if the client leaves, or this request does not wait for it: what is granted would be lost
    // otherwise.
    call.waitUntil(exchange.catch(() => {}));
    try {
      const { grant, reservation } = await call.deadlines.limit(exchange, ASK_LIMIT_MS, () => {
        throw new Error('The object did not answer.');
      });
      // Another request of this isolate may have got enough for both meanwhile.
      return reservation ?? this.tryReserve(amount, call) ?? this.#refuse(grant);
    } catch (cause) {
      // Budgets that cannot be counted are not spent; rates stay open.
      if (!BUDGETS.some((name) => this.limits[name] !== undefined)) return undefined;
      throw unavailableError(cause);
    } finally {
      isAwaited = false;
    }
  }

  #refuse(grant: Grant): Refusal {
    const refusal = refusalOf(grant);
    if (refusal.limit.startsWith('requests_')) this.#refusal = { ...refusal, at: Date.now() };
    return refusal;
  }

  /** For reservations: call theirs. */
  settle({ amount, day }: Reserved, used: Amount, call: Call): void {
    if (this.#isStored) this.#unsettled.add(day, used, amount);
    this.#tell(call);
  }

  /** For reservations: call theirs. */
  cancel({ amount, day, endsAt }: Reserved, call: Call): void {
    if (Date.now() < endsAt) this.#left.add(amount);
    else if (this.#isStored) this.#unsettled.add(day, NOTHING, amount);
    this.#tell(call);
  }

  /** A request has ended: the object needs to know, unless it only counts minutes. */
  #tell(call: Call): void {
    if (this.#countsConcurrent) this.#slots++;
    else if (!this.#isStored) return;
    // Where little is left, others need to know at once.
    if (this.#size <= 1) call.waitUntil(this.#flush(call));
    else this.#flushing.schedule(call);
  }

  /** Reservations are for one minute of one day. */
  #drop(): void {
    if (this.#left.isNothing) return;
    const left = this.#left.drain();
    if (this.#isStored) this.#unsettled.add(this.#day, NOTHING, left);
  }

  async #refill(amount: Amount, call: Call): Promise<void> {
    try {
      const { reservation } = await this.#exchange(amount, call);
      reservation?.cancel(call);
    } catch {
      // The request that finds nothing left gets the answer.
    }
  }

  async #flush(call: Call): Promise<void> {
    this.#drop();
    this.#unsettled.endedRequests += this.#slots;
    this.#slots = 0;
    // What is lost now is sent with the next message.
    await this.#exchange(undefined, call).catch(() => {});
  }

  /**
   * One message to the object, and its answer.
   *
   * @returns a reservation if the object grants what was asked for
   */
  async #exchange(ask: Amount | undefined, call: Call): Promise<{ grant: Grant; reservation?: Reservation }> {
    const unsettled = this.#unsettled.drain();
    // While another request asks for a lease, this one asks for itself only: an isolate never holds much more
    // than one.
    const maxGrants = this.#asking > 0 ? 1 : MAX_LEASE;
    if (ask) this.#asking++;
    try {
      const grant = await askLimiter(this.name, { limits: this.limits, ask, maxGrants, ...unsettled }, call);
      this.#learn(grant);
      if (!ask) return { grant };
      if (maxGrants > 1) this.#size = grant.size;
      if (grant.refusedBy !== undefined) return { grant };
      this.#left.add(ask, grant.size);
      if (this.#countsConcurrent) this.#slots += grant.size;
      // At once: until this promise is awaited, another request could use or return it.
      return { grant, reservation: this.#use(ask) };
    } catch (cause) {
      this.#unsettled.putBack(unsettled);
      throw cause;
    } finally {
      if (ask) this.#asking--;
    }
  }

  #learn({ remaining, minuteEndsAt, dayEndsAt, now }: Grant): void {
    const day = dayOf(now);
    // By this isolate's clock.
    const offset = Date.now() - now;
    if (minuteEndsAt + offset > this.minuteEndsAt + 1_000 || day !== this.#day) this.#drop();
    this.remaining = remaining;
    this.minuteEndsAt = minuteEndsAt + offset;
    this.dayEndsAt = dayEndsAt + offset;
    this.#day = day;
  }
}
