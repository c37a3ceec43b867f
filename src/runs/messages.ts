/** What the Worker tells the object of a run about a request, in a header. A caller cannot: all headers are written by the Worker. */

const HEADER = 'x-run-message';

/** A request to read a run. */
export interface Reading {
  readonly what: 'events' | 'result' | 'request';
  readonly id: string;
  /** Whose run it must be. */
  readonly caller: string;
  /** The event after which to begin. */
  readonly after: number;
  readonly waitMs?: number | undefined;
}

export function writeMessage(headers: Headers, message: unknown): void {
  headers.set(HEADER, encodeURIComponent(JSON.stringify(message)));
}

export function readMessage<T>({ headers }: Request): T {
  return JSON.parse(decodeURIComponent(headers.get(HEADER) ?? '{}'));
}
