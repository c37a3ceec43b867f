import type { Call } from '../call/call.ts';
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

/** An answer made of a list of headers takes 19 us, of a `Headers` that is there already 7. */
const madeHeaders = new WeakMap<Entry, Headers>();

/** The answer that is stored. A stream is one piece: the platform sends it in as few writes as it can. */
export function answerOf(entry: Entry): Response {
  let headers = madeHeaders.get(entry);
  if (!headers) {
    headers = new Headers(entry.headers as [string, string][]);
    madeHeaders.set(entry, headers);
  }
  return new Response(entry.bytes as BodyInit, { headers });
}

/** Where answers are stored beside the memory of the isolate. Each of its methods may throw. */
export interface Store {
  isOn(call: Call): boolean;
  find(name: string, call: Call): Promise<Entry | undefined>;
  store(name: string, entry: Entry, call: Call): Promise<void>;
}

/** What is stored beside the bytes, as text. */
export function factsOf({ headers, storedAt, seconds }: EntryFacts): string {
  return JSON.stringify({ headers, storedAt, seconds });
}

/** @returns undefined if it is not what was written: another version may have written it */
export function readFacts(text: unknown): EntryFacts | undefined {
  if (typeof text !== 'string') return undefined;
  const { headers, storedAt, seconds } = (parsed(text) ?? {}) as Partial<EntryFacts>;
  if (!Array.isArray(headers) || !isWhole(storedAt) || !isWhole(seconds)) return undefined;
  return { headers, storedAt, seconds };
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
