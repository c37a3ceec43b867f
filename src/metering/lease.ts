import type { Limited } from '../access/caller.ts';
import { ApiError } from '../base/errors.ts';
import type { LimitName } from '../base/limits.ts';
import type { Call } from '../call/call.ts';
import { type Amount, NOTHING, Tally } from './amount.ts';
import { dayOf, type Exchange, type Grant, type Room, readGrant } from './exchange.ts';
import { SettleLater } from './settle-later.ts';
import { Unsettled } from './unsettled.ts';

/** This isolate, to the objects that count: a new one has reserved nothing. */
let holder: string | undefined;
export const forgetHolder = (): void => {
  holder = undefined;
};

/** Requests of one lease, where the limit is wide enough. More would save hardly anything. */
const MAX_LEASE = 5_000;
/** How long a request waits for the object. */
const ASK_LIMIT_MS = 2_000;
/** Then a message is lost. Until then it may still arrive: sending its content again would count it twice. */
const LOST_MS = 20_000;
/** A refused isolate does not ask again at once: a flood of requests must not become a flood of messages. */
const REFUSED_MS = 1_000;

/** Budgets. If they cannot be counted, nothing is spent; rates stay open. */
const MONEY: readonly LimitName[] = ['usd_per_day', 'tokens_per_day', 'images_per_day'];

export interface Refusal {
  readonly limit: LimitName;
  readonly waitMs: number;
  /** Whether what was used is unknown, because it is damaged in storage. */
  readonly isDamaged?: boolean;
}

/** What was reserved for one request. */
export interface Reservation {
  readonly amount: Amount;
  readonly day: number;
  /** When its minute or day ends, by this isolate's clock. */
  readonly endsAt: number;
}

/** What this isolate has reserved of one caller's limits, for requests to come. */
export class Lease {
  readonly name: string;
  limits: Limited['limits'];
  /** What is left across all isolates, as of the last message. */
  room: Room = {};
  minuteEndsAt = 0;
  dayEndsAt = 0;
  /** The UTC day of what is left, by the clock of the object. */
  #day = 0;
  /** Whether the object stores what is reserved: a rate by the minute is used up by asking. */
  readonly #isStored: boolean;
  readonly #countsRunning: boolean;
  readonly #left = new Tally();
  /** Concurrent requests that may begin, and those that ended and were not reported yet. */
  #slots = 0;
  #freed = 0;
  readonly #unsettled = new Unsettled();
  /** Requests of the last lease. */
  #size = 0;
  #asking = 0;
  #refusal: (Refusal & { readonly at: number }) | undefined;
  readonly #flushing = new SettleLater((call) => this.#flush(call));

  constructor({ name, limits }: Limited, isStored: boolean, countsRunning: boolean) {
    this.name = name;
    this.limits = limits;
    this.#isStored = isStored;
    this.#countsRunning = countsRunning;
  }

  /** Whether the object knows all. */
  get isIdle(): boolean {
    return this.#unsettled.isNothing && this.#asking === 0;
  }

  /** Takes from what is reserved. @returns undefined if that does not suffice */
  take(amount: Amount, call: Call): Reservation | undefined {
    const now = Date.now();
    if (now >= this.minuteEndsAt || now >= this.dayEndsAt) this.#drop();
    if (!this.#left.covers(amount) || (this.#countsRunning && this.#slots < 1)) return undefined;
    const reservation = this.#use(amount);
    // Asked for while there is still some: otherwise all concurrent requests would ask, and wait, at the same time.
    const isRunningOut = amount.requests > 0 && this.#left.requests < this.#size / 2;
    if (this.#size > 1 && isRunningOut && this.#asking === 0) {
      call.waitUntil(this.#refill(amount, call));
    }
    return reservation;
  }

  #use(amount: Amount): Reservation {
    this.#left.add(amount, -1);
    if (this.#countsRunning) this.#slots--;
    return { amount, day: this.#day, endsAt: Math.min(this.minuteEndsAt, this.dayEndsAt) };
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
      return { ...refused, waitMs: refused.at + refused.waitMs - Date.now() };
    }
    let isAwaited = true;
    const exchange = this.#exchange(amount, call).then((answer) => {
      if (!isAwaited && answer.reservation) this.giveBack(answer.reservation, call);
      return answer;
    });
    // It ends also if the client leaves, or this request does not wait for it: what is granted would be lost otherwise.
    call.waitUntil(exchange.catch(() => {}));
    try {
      const { grant, reservation } = await call.deadlines.limit(exchange, ASK_LIMIT_MS, () => {
        throw new Error('The object did not answer.');
      });
      // Another request of this isolate may have got enough for both meanwhile.
      return reservation ?? this.take(amount, call) ?? this.#refuse(grant);
    } catch (cause) {
      if (!MONEY.some((name) => this.limits[name] !== undefined)) return undefined;
      throw new ApiError(
        'limits_unavailable',
        'The budget of the key or token cannot be checked now. Try again later.',
        { cause, headers: { 'retry-after': '1' } },
      );
    } finally {
      isAwaited = false;
    }
  }

  #refuse(grant: Grant): Refusal {
    const limit = grant.refusedBy ?? 'requests_per_minute';
    const refusal = { limit, waitMs: waitFor(limit, grant), isDamaged: grant.isDamaged === true };
    if (limit.startsWith('requests_')) this.#refusal = { ...refusal, at: Date.now() };
    return refusal;
  }

  /** A request has ended. @param used what it really used */
  settle({ amount, day }: Reservation, used: Amount, call: Call): void {
    if (this.#isStored) this.#unsettled.add(day, used, amount);
    this.#tell(call);
  }

  /** A request that was not run: nothing was used. */
  giveBack({ amount, day, endsAt }: Reservation, call: Call): void {
    if (Date.now() < endsAt) this.#left.add(amount);
    else if (this.#isStored) this.#unsettled.add(day, NOTHING, amount);
    this.#tell(call);
  }

  /** A request has ended: the object needs to know, unless it only counts minutes. */
  #tell(call: Call): void {
    if (this.#countsRunning) this.#slots++;
    else if (!this.#isStored) return;
    // Where little is left, others need to know at once.
    if (this.#size <= 1) call.waitUntil(this.#flush(call));
    else this.#flushing.schedule(call);
  }

  /** Reservations are for one minute of one day. */
  #drop(): void {
    if (this.#left.isNothing) return;
    const left = this.#left.take();
    if (this.#isStored) this.#unsettled.add(this.#day, NOTHING, left);
  }

  async #refill(amount: Amount, call: Call): Promise<void> {
    try {
      const { reservation } = await this.#exchange(amount, call);
      if (reservation) this.giveBack(reservation, call);
    } catch {
      // The request that finds nothing left gets the answer.
    }
  }

  async #flush(call: Call): Promise<void> {
    this.#drop();
    this.#freed += this.#slots;
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
    const settle = this.#unsettled.take();
    const freed = this.#freed;
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
      const grant = readGrant(
        await call.deadlines.limit(answer, LOST_MS, () => {
          throw new Error('The message is lost.');
        }),
      );
      this.#learn(grant);
      if (!ask) return { grant };
      if (most > 1) this.#size = grant.size;
      if (grant.refusedBy !== undefined) return { grant };
      this.#left.add(ask, grant.size);
      if (this.#countsRunning) this.#slots += grant.size;
      // At once: until this promise is awaited, another request could use or return it.
      return { grant, reservation: this.#use(ask) };
    } catch (cause) {
      this.#unsettled.putBack(settle);
      this.#freed += freed;
      throw cause;
    } finally {
      if (ask) this.#asking--;
    }
  }

  #learn({ room, minuteEndsAt, dayEndsAt, now }: Grant): void {
    const day = dayOf(now);
    // By this isolate's clock.
    const offset = Date.now() - now;
    if (minuteEndsAt + offset > this.minuteEndsAt + 1_000 || day !== this.#day) this.#drop();
    this.room = room;
    this.minuteEndsAt = minuteEndsAt + offset;
    this.dayEndsAt = dayEndsAt + offset;
    this.#day = day;
  }
}

/** A Limiter, as its callers see it. */
type Stub = { exchange(exchange: Exchange): Promise<Grant> };

function waitFor(limit: LimitName, { minuteEndsAt, dayEndsAt, now }: Grant): number {
  if (limit === 'concurrent_requests') return 1_000;
  return (limit === 'requests_per_minute' ? minuteEndsAt : dayEndsAt) - now;
}
