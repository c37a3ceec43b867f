import { ApiError } from '../../../base/errors.ts';
import { isObject } from '../../../base/is-object.ts';
import { parseJson } from '../../../intake/json-text.ts';
import type { Event } from '../event.ts';

/** A delivery as it came. The signature is one of these bytes. */
export interface Inbound {
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

export interface Delivery {
  /** The same when the sender sends it again. Undefined if the sender has none. */
  readonly id: string | undefined;
  /** What happened, such as `issues.opened`. */
  readonly type: string;
  readonly event: Event;
}

/** How a product signs its webhooks, and what they say. */
export interface Sender {
  /**
   * Whether the secret signed the delivery. Compares in constant time.
   *
   * @throws ApiError `invalid_signature` if the delivery is too old
   */
  verify(inbound: Inbound, secret: string): Promise<boolean>;
  /** Reads a delivery that was verified. @throws ApiError `invalid_json` */
  read(inbound: Inbound): Delivery;
  /** What the sender wants to hear at once instead of an acknowledgement. */
  reply?(delivery: Delivery, isAccepted: boolean): Response | undefined;
}

/** A delivery that somebody recorded can be sent again: it is only accepted this long. */
const TOLERANCE_SECONDS = 300;

/** @param timestamp seconds since 1970 @throws ApiError `invalid_signature` */
export function requireRecent(timestamp: string): void {
  const isRecent = /^\d{1,12}$/.test(timestamp) && Math.abs(Date.now() / 1000 - Number(timestamp)) <= TOLERANCE_SECONDS;
  if (isRecent) return;
  throw new ApiError(
    'invalid_signature',
    `The timestamp of the delivery is missing, or more than ${TOLERANCE_SECONDS} s away from the time here.`,
  );
}

const utf8 = new TextDecoder();

export const textOf = ({ bytes }: Inbound): string => utf8.decode(bytes);

/** @throws ApiError `invalid_json` or `invalid_parameter` */
export function objectIn(text: string): Event {
  const value = parseJson(text);
  if (isObject(value)) return value;
  throw new ApiError('invalid_parameter', 'The body of a delivery must be a JSON object.');
}

/** A field as text, or nothing. */
export const textAt = (value: unknown): string => (typeof value === 'string' ? value : '');
