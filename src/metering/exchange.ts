import type { LimitName, Limits } from '../base/limits.ts';
import type { Amount } from './amount.ts';

/** The messages between isolates and the objects that count. */

export const DAY_MS = 86_400_000;
/** The UTC day, counted from 1970. */
export const dayOf = (milliseconds: number) => Math.floor(milliseconds / DAY_MS);

/** Limits that are counted by the day, and stored. */
export const DAILY: readonly LimitName[] = ['requests_per_day', 'tokens_per_day', 'images_per_day', 'usd_per_day'];

/** How long an object keeps what a silent isolate has reserved: longer than any request runs. */
export const HOLDER_LASTS_MS = 900_000;

/** What an isolate reports and asks for, in one message. */
export interface Exchange {
  /** The isolate. */
  readonly holder: string;
  readonly limits: Limits;
  /** What the next request needs. */
  readonly ask?: Amount | undefined;
  /** How many times the object may grant that at most. */
  readonly most: number;
  readonly settle: readonly Settlement[];
  /** Concurrent requests that were granted, and have ended or will not be made. */
  readonly freed: number;
}

export interface Settlement {
  /** The UTC day of the reservation, counted from 1970. */
  readonly day: number;
  readonly used: Amount;
  /** Reservations that are no longer needed, because they were used or will not be. */
  readonly released: Amount;
}

/** What is left of each limit that is set; USD for `usd_per_day`. */
export type Room = { readonly [Name in LimitName]?: number | undefined };

export interface Grant {
  /** How many times what was asked for. */
  readonly size: number;
  readonly refusedBy?: LimitName;
  readonly room: Room;
  readonly minuteEndsAt: number;
  readonly dayEndsAt: number;
  /** The clock of the object, by which the others are to be read. */
  readonly now: number;
}
