import type { LimitName, Limits } from '../base/limits.ts';
import { type Amount, amountOf, isCount } from './amount.ts';

/** The messages between isolates and the objects that count. */

/** Limits that are counted by the day, and stored. */
export const DAILY: readonly LimitName[] = ['requests_per_day', 'tokens_per_day', 'images_per_day', 'usd_per_day'];

/** How long an object keeps what a silent isolate has reserved: longer than any request runs. */
export const RESERVATION_LASTS_MS = 900_000;

/** What an isolate reports and asks for, in one message. */
export interface LimiterMessage {
  /** The isolate. */
  readonly isolateId: string;
  readonly limits: Limits;
  /** What the next request needs. */
  readonly ask?: Amount | undefined;
  /** How many times the object may grant that at most. */
  readonly maxGrants: number;
  readonly settle: readonly Settlement[];
  /** Concurrent requests that were granted, and have ended or will not be made. */
  readonly endedRequests: number;
}

export interface Settlement {
  /** The UTC day of the reservation, counted from 1970. */
  readonly day: number;
  readonly used: Amount;
  /** Reservations that are no longer needed, because they were used or will not be. */
  readonly released: Amount;
}

/** What is left of each limit that is set; USD for `usd_per_day`. */
export type Remaining = { readonly [Name in LimitName]?: number | undefined };

export interface Grant {
  /** How many times what was asked for. */
  readonly size: number;
  readonly refusedBy?: LimitName;
  /** Whether it is refused because what the object has stored of today is damaged. */
  readonly isDamaged?: true;
  readonly remaining: Remaining;
  readonly minuteEndsAt: number;
  readonly dayEndsAt: number;
  /** The clock of the object, by which the others are to be read. */
  readonly now: number;
}

/**
 * Checks what an isolate sends: it may be of another version of the Worker.
 *
 * @param today by the clock of the object
 * @throws RangeError
 */
export function readMessage(message: LimiterMessage, today: number): LimiterMessage {
  const { isolateId, ask, maxGrants, settle, endedRequests } = message;
  if (typeof isolateId !== 'string' || !isCount(maxGrants) || !isCount(endedRequests))
    throw new RangeError('The message is no message.');
  return {
    ...message,
    ask: ask && amountOf(ask),
    settle: settle.map(({ day, used, released }) => {
      // A clock can be a little ahead. A day far from now would make the object forget all others.
      if (!isCount(day) || day > today + 1) throw new RangeError('A settlement is of no day.');
      return { day, used: amountOf(used), released: amountOf(released) };
    }),
  };
}

/** Checks what the object answers. @throws RangeError */
export function readGrant(grant: Grant): Grant {
  const { size, remaining, minuteEndsAt, dayEndsAt, now } = grant;
  const left = Object.values(remaining).filter((amount) => amount !== undefined);
  if (
    ![...left, minuteEndsAt, dayEndsAt, now].every((value) => Number.isFinite(value) && value >= 0) ||
    !isCount(size)
  ) {
    throw new RangeError('The grant is no grant.');
  }
  return grant;
}
