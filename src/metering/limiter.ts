import { DurableObject } from 'cloudflare:workers';
import type { LimitName, Limits } from '../base/limits.ts';
import { DAY_MS, dayOf } from '../base/utc-day.ts';
import { type Amount, AmountSum, NOTHING } from './amount.ts';
import {
  DAILY,
  type Grant,
  type LimiterMessage,
  RESERVATION_LASTS_MS,
  type Remaining,
  readMessage,
} from './limiter-message.ts';
import { UsageLedger } from './usage-ledger.ts';

/**
 * Counts what one limited caller uses, wherever its requests come from: one object in the world, asked by
 * every isolate.
 *
 * Amounts are reserved before a request runs and settled after it. Each isolate holds reservations. Where
 * much is left, an isolate gets many times what it needs (a lease), and asks less often; where little is
 * left, it gets exactly what it needs. Reservations count as used, so nobody is ever admitted beyond a limit.
 *
 * Minutes and concurrent requests are counted in memory: an object that restarts begins a new minute. Days
 * are stored, and reservations with them: those of an isolate that disappeared count as used.
 */
export class Limiter extends DurableObject {
  #minute = { endsAt: 0, used: 0 };
  readonly #running = new Map<string, { count: number; until: number }>();
  #ledger: UsageLedger | undefined;

  /**
   * @throws RangeError if the message is damaged. Nothing that callers can cause: limits were checked when
   * they were set.
   */
  exchange(message: LimiterMessage): Grant {
    const now = Date.now();
    const { isolateId, limits, ask, maxGrants, settle, endedRequests } = readMessage(message, dayOf(now));
    if (now >= this.#minute.endsAt) this.#minute = { endsAt: now + MINUTE_MS, used: 0 };
    const today = dayOf(now);
    const isStored = DAILY.some((name) => limits[name] !== undefined);
    // An object that only counts minutes stores nothing. What was reserved under other limits is settled all
    // the same.
    const ledger = isStored || settle.length > 0 ? this.#open(now) : undefined;
    for (const settlement of settle) ledger?.settle(isolateId, settlement);
    this.#addRunning(isolateId, -endedRequests, now);
    let remaining = this.#remaining(limits, ledger?.usedOn(today) ?? NOTHING);
    const ends = { minuteEndsAt: this.#minute.endsAt, dayEndsAt: (today + 1) * DAY_MS, now };
    const damaged = ask && ledger?.isDamaged(today) ? ORDER.find((name) => isDaily(name, limits)) : undefined;
    const refusedBy = damaged ?? (ask && refusal(limits, remaining, ask));
    let size = 0;
    if (ask && !refusedBy) {
      size = leaseSize(ask, { limits, remaining, maxGrants });
      const granted = new AmountSum().add(ask, size).amount;
      this.#minute.used += granted.requests;
      ledger?.reserve(isolateId, { day: today, amount: granted, until: now + RESERVATION_LASTS_MS });
      if (limits.concurrent_requests !== undefined) this.#addRunning(isolateId, size, now);
      remaining = this.#remaining(limits, ledger?.usedOn(today) ?? NOTHING);
    }
    ledger?.write();
    return { ...ends, size, remaining, ...(refusedBy && { refusedBy }), ...(damaged && { isDamaged: true }) };
  }

  #open(now: number): UsageLedger {
    this.#ledger ??= new UsageLedger(this.ctx.storage.sql, this.ctx.id.name);
    this.#ledger.expire(now);
    return this.#ledger;
  }

  #remaining(limits: Limits, used: Amount): Remaining {
    let running = 0;
    for (const { count } of this.#running.values()) running += count;
    const left = (name: LimitName, amount: number) => {
      const limit = limits[name];
      return limit === undefined ? undefined : Math.max(0, limit - amount);
    };
    return {
      requests_per_minute: left('requests_per_minute', this.#minute.used),
      requests_per_day: left('requests_per_day', used.requests),
      concurrent_requests: left('concurrent_requests', running),
      tokens_per_day: left('tokens_per_day', used.tokens),
      images_per_day: left('images_per_day', used.images),
      usd_per_day: left('usd_per_day', used.microUsd / 1e6),
    };
  }

  #addRunning(isolateId: string, more: number, now: number): void {
    for (const [other, { until }] of this.#running) if (until <= now) this.#running.delete(other);
    const count = (this.#running.get(isolateId)?.count ?? 0) + more;
    if (count <= 0) this.#running.delete(isolateId);
    else this.#running.set(isolateId, { count, until: now + RESERVATION_LASTS_MS });
  }
}

const MINUTE_MS = 60_000;

/** A lease is at most a two-hundredth of what is left: an isolate holds less than a hundredth. */
const WIDE = 200;

function needs(ask: Amount): Readonly<Record<LimitName, number>> {
  return {
    requests_per_minute: ask.requests,
    requests_per_day: ask.requests,
    concurrent_requests: 1,
    tokens_per_day: ask.tokens,
    images_per_day: ask.images,
    usd_per_day: ask.microUsd / 1e6,
  };
}

/** Rates come last: a caller without budget learns that first. */
const ORDER: readonly LimitName[] = [
  'usd_per_day',
  'tokens_per_day',
  'images_per_day',
  'requests_per_day',
  'requests_per_minute',
  'concurrent_requests',
];

const isDaily = (name: LimitName, limits: Limits) => DAILY.includes(name) && limits[name] !== undefined;

function refusal(limits: Limits, remaining: Remaining, ask: Amount): LimitName | undefined {
  const need = needs(ask);
  // A comparison with what is no number is false: then it refuses.
  return ORDER.find((name) => limits[name] !== undefined && !(need[name] <= (remaining[name] ?? 0)));
}

interface Room {
  readonly limits: Limits;
  readonly remaining: Remaining;
  readonly maxGrants: number;
}

function leaseSize(ask: Amount, { limits, remaining, maxGrants }: Room): number {
  const need = needs(ask);
  let size = maxGrants;
  for (const name of ORDER) {
    if (limits[name] === undefined || need[name] === 0) continue;
    size = Math.min(size, Math.floor((remaining[name] ?? 0) / need[name] / WIDE));
  }
  return Math.max(1, size);
}
