import type { Reader } from '../access/needs.ts';
import type { Outcome } from '../call/outcome.ts';

/**
 * What the Worker tells the object of a run about a request, in a header. A caller cannot: all headers are
 * written by the Worker.
 */

const HEADER = 'x-run-message';

/** A request to read a run. */
export interface ReadCommand {
  readonly what: 'events' | 'result' | 'request';
  readonly id: string;
  /** Whose run it must be. */
  readonly caller: string;
  /** What the caller may read. */
  readonly reader: Reader;
  /** The event after which to begin. */
  readonly after: number;
  readonly waitMs?: number | undefined;
}

/**
 * What a route passes to itself in the run that it starts, beside the body: a text that only the route
 * understands. No caller can set it, since the headers of a run are those that the Worker has chosen.
 */
export const CONTEXT_HEADER = 'x-run-context';

/** @returns null outside of a run, whatever a caller has sent */
export function contextOf({ outcome, headers }: { outcome: Outcome; headers: Headers }): string | null {
  return outcome.run === undefined ? null : headers.get(CONTEXT_HEADER);
}

export function writeMessage(headers: Headers, message: unknown): void {
  headers.set(HEADER, encodeURIComponent(JSON.stringify(message)));
}

export function readMessage<T>({ headers }: Request): T {
  return JSON.parse(decodeURIComponent(headers.get(HEADER) ?? '{}'));
}
