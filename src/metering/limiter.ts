import { DurableObject } from 'cloudflare:workers';
import type { LimitName, Limits } from '../limits.ts';
import { type Amount, NOTHING, Tally } from './amount.ts';
import { DAY_MS, dayOf, type Exchange, type Grant, type Room, type Settlement } from './exchange.ts';

/**
 * Counts what one limited caller uses, wherever its requests come from: one object in the world, asked by every isolate.
 *
 * Amounts are reserved before a request runs and settled after it. Each isolate is a holder of reservations. Where much is
 * left, an isolate gets many times what it needs (a lease), and asks less often; where little is left, it gets
 * exactly what it needs. Reservations count as used, so nobody is ever admitted beyond a limit.
 *
 * Minutes and concurrent requests are counted in memory: an object that restarts begins a new minute. Days are stored, and
 * reservations with them: those of an isolate that disappeared count as used.
 */
export class Limiter extends DurableObject {
  #minute = { endsAt: 0, used: 0 };
  readonly #running = new Map<string, { count: number; until: number }>();
  #hasTables: boolean | undefined;

  /** @throws nothing that callers can cause: limits were checked when they were set */
  exchange({ holder, limits, ask, most, settle, freed }: Exchange): Grant {
    const now = Date.now();
    if (now >= this.#minute.endsAt) this.#minute = { endsAt: now + MINUTE_MS, used: 0 };
    const isStored = STORED.some((name) => limits[name] !== undefined);
    const today = dayOf(now);
    // Also if the limits were others when it was reserved.
    for (const settlement of settle) this.#settle(holder, settlement);
    this.#addRunning(holder, -freed, now);
    const used = isStored ? this.#usedOn(today, now) : NOTHING;
    const room = this.#room(limits, used);
    const midnight = (today + 1) * DAY_MS;
    const base = { minuteEndsAt: this.#minute.endsAt, dayEndsAt: midnight, now };
    if (!ask) return { ...base, size: 0, room };
    const refusedBy = refusal(limits, room, ask);
    if (refusedBy) return { ...base, size: 0, room, refusedBy };
    const size = leaseSize(limits, room, ask, most);
    const granted = new Tally().add(ask, size);
    this.#minute.used += granted.requests;
    if (isStored) this.#reserve(holder, today, granted, now);
    if (limits.concurrent_requests !== undefined) this.#addRunning(holder, size, now);
    return { ...base, size, room: this.#room(limits, granted.add(used)) };
  }

  #room(limits: Limits, used: Amount): Room {
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

  #addRunning(holder: string, more: number, now: number): void {
    for (const [other, { until }] of this.#running) if (until <= now) this.#running.delete(other);
    const count = (this.#running.get(holder)?.count ?? 0) + more;
    if (count <= 0) this.#running.delete(holder);
    else this.#running.set(holder, { count, until: now + HOLDER_LASTS_MS });
  }

  #tables(): SqlStorage {
    const { sql } = this.ctx.storage;
    // Made with the first row: an object that only counts minutes stores nothing.
    if (!this.#hasTables) {
      sql.exec(TABLES);
      this.#hasTables = true;
    }
    return sql;
  }

  /** Settled amounts and open reservations of a day. */
  #usedOn(day: number, now: number): Amount {
    const sql = this.#tables();
    // Their isolates are gone, and what they used of it is unknown: it counts as used.
    for (const row of sql.exec<HolderRow>('SELECT * FROM holder WHERE until <= ?', now).toArray()) {
      this.#addToDay(row.day, row);
      sql.exec('DELETE FROM holder WHERE holder = ? AND day = ?', row.holder, row.day);
    }
    sql.exec('DELETE FROM day WHERE day < ?', day - DAYS_KEPT);
    const [settled] = sql.exec<AmountRow>(`SELECT ${COLUMNS} FROM day WHERE day = ?`, day).toArray();
    const [reserved] = sql.exec<AmountRow>(`SELECT ${SUMS} FROM holder WHERE day = ?`, day).toArray();
    return new Tally().add(settled ?? NOTHING).add(reserved ?? NOTHING);
  }

  #reserve(holder: string, day: number, amount: Amount, now: number): void {
    const { requests, tokens, images, microUsd } = amount;
    this.#tables().exec(
      `INSERT INTO holder VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET until = excluded.until, ${ADD}`,
      holder,
      day,
      now + HOLDER_LASTS_MS,
      requests,
      tokens,
      images,
      microUsd,
    );
  }

  #settle(holder: string, { day, used, released }: Settlement): void {
    const sql = this.#tables();
    const key = [holder, day];
    const [row] = sql.exec<HolderRow>('SELECT * FROM holder WHERE holder = ? AND day = ?', ...key).toArray();
    // Without a row, its reservations were counted as used already.
    this.#addToDay(day, row ? used : new Tally().add(used).add(released, -1));
    if (!row) return;
    const { requests, tokens, images, microUsd } = new Tally().add(row).add(released, -1);
    if (requests + tokens + images + microUsd <= 0) {
      sql.exec('DELETE FROM holder WHERE holder = ? AND day = ?', ...key);
    } else {
      const set = 'requests = ?, tokens = ?, images = ?, microUsd = ?';
      sql.exec(`UPDATE holder SET ${set} WHERE holder = ? AND day = ?`, requests, tokens, images, microUsd, ...key);
    }
  }

  #addToDay(day: number, { requests, tokens, images, microUsd }: Amount): void {
    this.#tables().exec(
      `INSERT INTO day VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET ${ADD}`,
      day,
      requests,
      tokens,
      images,
      microUsd,
    );
  }
}

const MINUTE_MS = 60_000;

/** Longer than any request runs. */
const HOLDER_LASTS_MS = 15 * MINUTE_MS;
const DAYS_KEPT = 7;

/** A lease is at most a two-hundredth of what is left: an isolate holds less than a hundredth. */
const WIDE = 200;

const STORED: readonly LimitName[] = ['requests_per_day', 'tokens_per_day', 'images_per_day', 'usd_per_day'];

const COLUMNS = 'requests, tokens, images, microUsd';
const SUMS = 'total(requests) requests, total(tokens) tokens, total(images) images, total(microUsd) microUsd';
const ADD =
  'requests = requests + excluded.requests, tokens = tokens + excluded.tokens, images = images + excluded.images, microUsd = microUsd + excluded.microUsd';
const TABLES = `
  CREATE TABLE IF NOT EXISTS day (day INTEGER PRIMARY KEY, requests INTEGER, tokens INTEGER, images INTEGER, microUsd INTEGER);
  CREATE TABLE IF NOT EXISTS holder (holder TEXT, day INTEGER, until INTEGER, requests INTEGER, tokens INTEGER,
    images INTEGER, microUsd INTEGER, PRIMARY KEY (holder, day));`;

type AmountRow = Record<keyof Amount, number>;
type HolderRow = AmountRow & { holder: string; day: number; until: number };

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

/** Rates come last: who has no budget left learns that first. */
const ORDER: readonly LimitName[] = [
  'usd_per_day',
  'tokens_per_day',
  'images_per_day',
  'requests_per_day',
  'requests_per_minute',
  'concurrent_requests',
];

function refusal(limits: Limits, room: Room, ask: Amount): LimitName | undefined {
  const need = needs(ask);
  return ORDER.find((name) => limits[name] !== undefined && need[name] > (room[name] ?? 0));
}

function leaseSize(limits: Limits, room: Room, ask: Amount, most: number): number {
  const need = needs(ask);
  let size = most;
  for (const name of ORDER) {
    if (limits[name] === undefined || need[name] === 0) continue;
    size = Math.min(size, Math.floor((room[name] ?? 0) / need[name] / WIDE));
  }
  return Math.max(1, size);
}
