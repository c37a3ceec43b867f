import { dayText } from '../base/utc-day.ts';
import { type Amount, AmountSum, amountOf, type Counts, isCount } from './amount.ts';
import type { Settlement } from './limiter-message.ts';
import { logDamage } from './log-damage.ts';

const DAYS_KEPT = 7;

const TABLES = `
  CREATE TABLE IF NOT EXISTS day (day INTEGER PRIMARY KEY, requests INTEGER, tokens INTEGER, images INTEGER, microUsd INTEGER);
  CREATE TABLE IF NOT EXISTS holder (holder TEXT, day INTEGER, until INTEGER, requests INTEGER, tokens INTEGER,
    images INTEGER, microUsd INTEGER, PRIMARY KEY (holder, day)) WITHOUT ROWID;`;

/** What SQLite holds, whatever has written it: NaN is stored as null. */
type CountsRow = { [Name in keyof Counts]: SqlStorageValue };

/** What an isolate has reserved for one day. It expires, unless the isolate sends another message. */
interface Reserved {
  readonly isolateId: string;
  readonly day: number;
  readonly amount: AmountSum;
  until: number;
}

/**
 * What was used on each day, and what isolates have reserved. It is read from memory, and written to SQLite
 * row by row: a message costs two rows, where reading them back would cost as much again.
 */
export class UsageLedger {
  readonly #sql: SqlStorage;
  readonly #days = new Map<number, AmountSum>();
  readonly #reserved = new Map<string, Reserved>();
  readonly #changedDays = new Set<number>();
  readonly #changed = new Set<string>();
  /** Days of which storage has a row that is no amount. It stays as it is: nobody knows what was used. */
  readonly #damaged = new Set<number>();

  /** @param name of the object, for the log */
  constructor(sql: SqlStorage, name: string | undefined) {
    this.#sql = sql;
    sql.exec(TABLES);
    for (const row of sql.exec<CountsRow & { day: number }>('SELECT * FROM day').toArray()) {
      const amount = storedAmount(row);
      if (amount) this.#days.set(row.day, new AmountSum().add(amount));
      else this.#damaged.add(row.day);
    }
    type Row = CountsRow & { holder: string; day: number; until: SqlStorageValue };
    for (const { holder: isolateId, day, until, ...counts } of sql.exec<Row>('SELECT * FROM holder').toArray()) {
      const amount = storedAmount(counts);
      if (!amount || !isCount(until)) this.#damaged.add(day);
      else this.#reserved.set(keyOf(isolateId, day), { isolateId, day, until, amount: new AmountSum().add(amount) });
    }
    for (const day of this.#damaged) logDamage('limits', { name, day: dayText(day) });
  }

  /** Whether it is unknown what was used on a day. */
  isDamaged(day: number): boolean {
    return this.#damaged.has(day);
  }

  /** Settled amounts and open reservations. */
  usedOn(day: number): Amount {
    const used = new AmountSum();
    const settled = this.#days.get(day);
    if (settled) used.add(settled);
    for (const reserved of this.#reserved.values()) if (reserved.day === day) used.add(reserved.amount);
    return used.amount;
  }

  reserve(
    isolateId: string,
    { day, amount, until }: { readonly day: number; readonly amount: Amount; readonly until: number },
  ): void {
    const key = keyOf(isolateId, day);
    let reserved = this.#reserved.get(key);
    if (!reserved) {
      reserved = { isolateId, day, amount: new AmountSum(), until };
      this.#reserved.set(key, reserved);
    }
    reserved.amount.add(amount);
    reserved.until = until;
    this.#changed.add(key);
  }

  settle(isolateId: string, { day, used, released }: Settlement): void {
    const key = keyOf(isolateId, day);
    const reserved = this.#reserved.get(key);
    this.#addToDay(day, used);
    if (reserved) {
      reserved.amount.add(released, -1);
      if (reserved.amount.isNothing) this.#reserved.delete(key);
      this.#changed.add(key);
    } else {
      // Its reservations have expired, and count as used already.
      this.#addToDay(day, released, -1);
    }
  }

  /** What isolates that are gone used of their reservations is unknown: all of it counts. */
  expire(now: number): void {
    for (const [key, { day, until, amount }] of this.#reserved) {
      if (until > now) continue;
      this.#addToDay(day, amount);
      this.#reserved.delete(key);
      this.#changed.add(key);
    }
  }

  /** Writes what has changed. All of it, or nothing, is stored. */
  write(): void {
    for (const day of this.#changedDays) {
      const sum = this.#days.get(day);
      // One that was settled late can be forgotten already.
      if (!sum) continue;
      const { requests, tokens, images, microUsd } = sum;
      this.#sql.exec('INSERT OR REPLACE INTO day VALUES (?, ?, ?, ?, ?)', day, requests, tokens, images, microUsd);
    }
    this.#changedDays.clear();
    for (const key of this.#changed) this.#writeReserved(key);
    this.#changed.clear();
  }

  #writeReserved(key: string): void {
    const reserved = this.#reserved.get(key);
    if (!reserved) {
      const [day, isolateId] = partsOf(key);
      this.#sql.exec('DELETE FROM holder WHERE holder = ? AND day = ?', isolateId, day);
      return;
    }
    const { isolateId, day, until, amount } = reserved;
    this.#sql.exec(
      'INSERT OR REPLACE INTO holder VALUES (?, ?, ?, ?, ?, ?, ?)',
      isolateId,
      day,
      until,
      amount.requests,
      amount.tokens,
      amount.images,
      amount.microUsd,
    );
  }

  #addToDay(day: number, amount: Amount | AmountSum, times = 1): void {
    if (this.#damaged.has(day)) return;
    let sum = this.#days.get(day);
    if (!sum) {
      sum = new AmountSum();
      this.#days.set(day, sum);
      this.#forgetBefore(day - DAYS_KEPT);
    }
    sum.add(amount, times);
    this.#changedDays.add(day);
  }

  #forgetBefore(oldest: number): void {
    for (const day of this.#days.keys()) if (day < oldest) this.#days.delete(day);
    for (const day of this.#damaged) if (day < oldest) this.#damaged.delete(day);
    this.#sql.exec('DELETE FROM day WHERE day < ?', oldest);
    // What is left of them is damaged: all others have expired.
    this.#sql.exec('DELETE FROM holder WHERE day < ?', oldest);
  }
}

function storedAmount(row: CountsRow): Amount | undefined {
  try {
    return amountOf(row as Counts);
  } catch {
    return undefined;
  }
}

const keyOf = (isolateId: string, day: number) => `${day} ${isolateId}`;

function partsOf(key: string): [day: number, isolateId: string] {
  const end = key.indexOf(' ');
  return [Number(key.slice(0, end)), key.slice(end + 1)];
}
