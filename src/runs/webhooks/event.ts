import { toSeconds } from '../../base/to-seconds.ts';
export const EVENT_TYPES = ['run.completed', 'run.failed', 'run.cancelled', 'webhook.test'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** What a webhook says. It is thin: the receiver fetches what it needs from `url`. */
export interface WebhookEvent {
  /** The same for every endpoint and every attempt, so that a receiver can recognize what it has seen. */
  readonly id: string;
  readonly type: EventType;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly data: { readonly id: string; readonly url: string; readonly [name: string]: unknown };
}

/**
 * The body of a webhook. Both `timestamp` and `created_at`: the first is that of Standard Webhooks, the
 * second OpenAI's.
 */
export function payloadOf({ id, type, createdAt, data }: WebhookEvent): string {
  const timestamp = new Date(createdAt).toISOString();
  return JSON.stringify({ object: 'event', id, type, timestamp, created_at: toSeconds(createdAt), data });
}

/** An event as its owner can try it. @param origin of the Worker */
export function exampleOf(type: EventType, origin: string): WebhookEvent {
  const id = `evt_${crypto.randomUUID().replaceAll('-', '')}`;
  return { id, type, createdAt: Date.now(), data: { id: 'run_example', url: `${origin}/v1/runs/run_example` } };
}
