import { toSeconds } from '../../base/to-seconds.ts';
import { type EventType, payloadOf, type WebhookEvent } from './event.ts';

export interface Attempt {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What the receiver answered; 0 if it did not. */
  readonly status: number;
  readonly milliseconds: number;
}

export type DeliveryStatus = 'pending' | 'delivered' | 'failed';

/** One event on its way to one target. Plain data: one row. */
export interface Delivery {
  /** Of the event: `webhook-id`. */
  readonly id: string;
  /** The id of an endpoint, or a URL that came with a request. */
  readonly target: string;
  readonly type: EventType;
  readonly body: string;
  readonly createdAt: number;
  readonly status: DeliveryStatus;
  /** The newest last. */
  readonly attempts: readonly Attempt[];
  /** Attempts since it was first sent, or sent again by hand. */
  readonly tries: number;
  readonly nextAt: number | null;
}

/** A target that is no endpoint: for one delivery only. */
export interface OneOffTarget {
  readonly url: string;
  /** Without one the receiver verifies nothing: it knows the URL to be secret. */
  readonly secret?: string;
  /** If set, what is sent instead of the event. */
  readonly body?: string;
}

/** A delivery that is due at once. */
export function newDelivery(event: WebhookEvent, target: string): Delivery {
  const { id, type, createdAt } = event;
  return {
    id,
    target,
    type,
    body: payloadOf(event),
    createdAt,
    status: 'pending',
    attempts: [],
    tries: 0,
    nextAt: Date.now(),
  };
}

/** As callers see it. */
export function describeDelivery({ id, type, status, attempts, createdAt, nextAt }: Delivery) {
  return {
    id,
    object: 'webhook_delivery',
    event_type: type,
    status,
    created_at: toSeconds(createdAt),
    next_attempt_at: nextAt === null ? null : toSeconds(nextAt),
    attempts: attempts.map(({ at, status, milliseconds }) => ({
      at: toSeconds(at),
      status_code: status === 0 ? null : status,
      milliseconds,
    })),
  };
}
