import { z } from 'zod';
import { unixSeconds } from './shared-answers.ts';

const eventType = z.enum(['run.completed', 'run.failed', 'run.cancelled', 'webhook.test']);

const page = { first_id: z.string().nullable(), last_id: z.string().nullable(), has_more: z.boolean() };

export const WebhookEndpoint = z.object({
  id: z.string(),
  object: z.literal('webhook_endpoint'),
  created_at: unixSeconds,
  updated_at: unixSeconds,
  url: z.string(),
  name: z.string(),
  event_types: z.array(eventType),
  enabled: z.boolean(),
  disabled_because: z.enum(['gone', 'owner']).nullable().describe('`gone`: the endpoint answered 410.'),
  dropped_events: z.int().describe('Events that were not sent, because too many deliveries were stored.'),
  signing_secret_hint: z.string().describe('The end of the secret.'),
});

export const WebhookEndpointWithSecret = WebhookEndpoint.extend({
  signing_secret: z.string().describe('`whsec_` and base64. Shown only here.'),
});

export const WebhookEndpointList = z.object({ object: z.literal('list'), data: z.array(WebhookEndpoint), ...page });

export const DeletedWebhookEndpoint = z.object({
  id: z.string(),
  object: z.literal('webhook_endpoint.deleted'),
  deleted: z.literal(true),
});

export const WebhookTest = z.object({
  object: z.literal('webhook_endpoint.test'),
  webhook_endpoint_id: z.string(),
  event_type: eventType,
  status_code: z.int().describe('What the endpoint answered; 0 if it did not.'),
  success: z.boolean(),
});

export const WebhookDelivery = z.object({
  id: z.string().describe('The id of the event, which each attempt has in the header `webhook-id`.'),
  object: z.literal('webhook_delivery'),
  event_type: eventType,
  status: z.enum(['pending', 'delivered', 'failed']),
  created_at: unixSeconds,
  next_attempt_at: unixSeconds.nullable(),
  attempts: z.array(
    z.object({
      at: unixSeconds,
      status_code: z.int().nullable().describe('What the endpoint answered; null if it did not.'),
      milliseconds: z.int(),
    }),
  ),
});

export const WebhookDeliveryList = z.object({ object: z.literal('list'), data: z.array(WebhookDelivery), ...page });

export const HookDelivery = z
  .looseObject({
    object: z.literal('hook.delivery'),
    status: z.enum(['accepted', 'ignored', 'completed']),
    run: z.string().nullable().optional(),
    output: z.string().nullable().optional().describe('What was found, if the hook answers its sender.'),
  })
  .describe('Slack gets its challenge, or nothing, instead.');
