import type { Wish } from './wish.ts';

/** A complete answer, in the host's own bytes. */
export interface Entry extends EntryFacts {
  readonly bytes: Uint8Array;
}

/** What is stored beside the bytes. */
export interface EntryFacts {
  /** Of the answer that is stored: its type, and what belongs to its content. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Milliseconds since 1970. */
  readonly storedAt: number;
  readonly seconds: number;
}

/** For how many seconds an entry can still answer a request; 0 if it is too old for it. */
export function secondsLeft({ storedAt, seconds }: EntryFacts, wish: Wish): number {
  const left = Math.min(seconds, wish.seconds) - ageOf({ storedAt });
  return Math.max(0, left);
}

/** In whole seconds. A clock of another machine can be ahead. */
export function ageOf({ storedAt }: Pick<EntryFacts, 'storedAt'>): number {
  return Math.max(0, Math.floor((Date.now() - storedAt) / 1000));
}

/** The answer that is stored. A stream is one piece: the platform sends it in as few writes as it can. */
export function answerOf({ bytes, headers }: Entry): Response {
  return new Response(bytes as BodyInit, { headers: headers as [string, string][] });
}

/** Whether what was read from a store is what was written: another version may have written it. */
export function isFacts(value: unknown): value is EntryFacts {
  const { headers, storedAt, seconds } = (value ?? {}) as Partial<EntryFacts>;
  return Array.isArray(headers) && Number.isSafeInteger(storedAt) && Number.isSafeInteger(seconds);
}
