import { createHmac } from 'node:crypto';
import * as z from 'zod/mini';
import {
  createWebhookEndpointRequest,
  rotateWebhookSecretRequest,
  testWebhookEndpointRequest,
  updateWebhookEndpointRequest,
} from '../../routes/webhook-endpoints.ts';
import { JSON_BODY, KEYED, type Operation, ROUTE } from '../operation.ts';
import { HOOK_SECRET } from '../prepare.ts';
import {
  DeletedWebhookEndpoint,
  HookDelivery,
  WebhookDelivery,
  WebhookDeliveryList,
  WebhookEndpoint,
  WebhookEndpointList,
  WebhookEndpointWithSecret,
  WebhookTest,
} from './webhooks-answers.ts';

const PATH = '/v1/webhook_endpoints';
const KEY_ONLY = [...KEYED, 'scope_missing', 'webhooks_unavailable'] as const;
const ONE = [...KEY_ONLY, 'webhook_endpoint_not_found'] as const;
const endpoint = { name: 'WebhookEndpoint', schema: WebhookEndpoint };

const PING = { zen: 'Design for failure.' };

export const webhookOperations: readonly Operation[] = [
  {
    id: 'createWebhookEndpoint',
    method: 'post',
    path: PATH,
    tag: 'Webhooks',
    summary: 'Create a webhook endpoint',
    description:
      'Events of runs in the background are sent to its URL, signed as Standard Webhooks says. `signing_secret` is in this answer only. The endpoints of a key get the events of its client tokens, too. Unknown fields are rejected.',
    request: { name: 'WebhookEndpointRequest', schema: createWebhookEndpointRequest() },
    answer: { name: 'WebhookEndpointWithSecret', schema: WebhookEndpointWithSecret },
    errors: [...KEY_ONLY, ...JSON_BODY, 'webhook_url_refused', 'webhook_limit_exceeded'],
    example: { body: { url: 'https://hooks.example.com/cedalion', event_types: ['run.completed', 'run.failed'] } },
  },
  {
    id: 'listWebhookEndpoints',
    method: 'get',
    path: PATH,
    tag: 'Webhooks',
    summary: 'List your webhook endpoints',
    description: 'All of them, newest first.',
    answer: { name: 'WebhookEndpointList', schema: WebhookEndpointList },
    errors: KEY_ONLY,
    example: {},
  },
  {
    id: 'getWebhookEndpoint',
    method: 'get',
    path: `${PATH}/{id}`,
    tag: 'Webhooks',
    summary: 'Get a webhook endpoint',
    description: 'Whether it is enabled, and how many events were dropped because too many were stored.',
    answer: endpoint,
    errors: ONE,
    example: { needs: 'endpoint' },
  },
  {
    id: 'updateWebhookEndpoint',
    method: 'post',
    path: `${PATH}/{id}`,
    tag: 'Webhooks',
    summary: 'Change a webhook endpoint',
    description:
      'Changes the fields that are sent. An endpoint that answered 410 is disabled: `{"enabled": true}` enables it.',
    request: { name: 'WebhookEndpointUpdate', schema: updateWebhookEndpointRequest() },
    answer: endpoint,
    errors: [...ONE, ...JSON_BODY, 'webhook_url_refused'],
    example: { needs: 'endpoint', body: { name: 'results', enabled: true } },
  },
  {
    id: 'deleteWebhookEndpoint',
    method: 'delete',
    path: `${PATH}/{id}`,
    tag: 'Webhooks',
    summary: 'Delete a webhook endpoint',
    description: 'What is on its way to it is not sent, and its deliveries are deleted.',
    answer: { name: 'DeletedWebhookEndpoint', schema: DeletedWebhookEndpoint },
    errors: ONE,
    example: { needs: 'endpoint' },
  },
  {
    id: 'rotateWebhookSecret',
    method: 'post',
    path: `${PATH}/{id}/rotate_secret`,
    tag: 'Webhooks',
    summary: 'Rotate the secret of a webhook endpoint',
    description:
      'For 24 hours, each webhook has two signatures: of the new and of the old secret. `signing_secret` is in this answer only.',
    request: { name: 'RotateSecretRequest', schema: rotateWebhookSecretRequest() },
    answer: { name: 'WebhookEndpointWithSecret', schema: WebhookEndpointWithSecret },
    errors: [...ONE, ...JSON_BODY],
    example: { needs: 'endpoint', body: { keep_old_secret_active_for_24_hours: true } },
  },
  {
    id: 'testWebhookEndpoint',
    method: 'post',
    path: `${PATH}/{id}/test`,
    tag: 'Webhooks',
    summary: 'Send an example to a webhook endpoint',
    description: 'Sends one event with example data, once, and returns what the endpoint answered.',
    request: { name: 'WebhookTestRequest', schema: testWebhookEndpointRequest() },
    answer: { name: 'WebhookTest', schema: WebhookTest },
    errors: [...ONE, ...JSON_BODY],
    example: { needs: 'receiver', body: { event_type: 'webhook.test' } },
  },
  {
    id: 'listWebhookDeliveries',
    method: 'get',
    path: `${PATH}/{id}/deliveries`,
    tag: 'Webhooks',
    summary: 'List the deliveries of a webhook endpoint',
    description: 'Newest first, each with its attempts. Of what the endpoint answered, only the status is kept.',
    query: {
      after: 'The id of the last delivery of the previous page.',
      limit: 'Deliveries of a page, 1 to 100. The default is 20.',
    },
    answer: { name: 'WebhookDeliveryList', schema: WebhookDeliveryList },
    errors: [...ONE, 'invalid_parameter'],
    example: { needs: 'endpoint' },
  },
  {
    id: 'redeliverWebhook',
    method: 'post',
    path: `${PATH}/{id}/deliveries/{event}/redeliver`,
    tag: 'Webhooks',
    summary: 'Send a delivery again',
    description: 'Begins its schedule of attempts anew, with the same `webhook-id`.',
    answer: { name: 'WebhookDelivery', schema: WebhookDelivery },
    errors: [...KEY_ONLY, 'webhook_delivery_not_found', 'webhook_endpoint_disabled'],
    example: { needs: 'delivery' },
  },
  {
    id: 'receiveHook',
    method: 'post',
    path: '/v1/hooks/{name}',
    tag: 'Webhooks',
    summary: 'Receive a webhook of another product',
    description:
      'A file of `hooks/` says who sends it and what runs. No key is needed: the signature authenticates the delivery. A delivery is run once, by its id. Events that the hook does not name are ignored. The body has at most 1 MiB.',
    request: { name: 'HookEvent', schema: z.looseObject({}) },
    answer: { name: 'HookDelivery', schema: HookDelivery },
    open: true,
    accepts: true,
    errors: [
      ...ROUTE,
      'invalid_json',
      'invalid_parameter',
      'invalid_signature',
      'hook_not_found',
      'body_too_large',
      'body_timeout',
      'unsupported_media_type',
      'run_limit_exceeded',
      'hook_not_configured',
      'runs_unavailable',
      'configuration_invalid',
    ],
    example: {
      path: '/v1/hooks/github-issue',
      body: PING,
      headers: {
        'x-github-event': 'ping',
        'x-hub-signature-256': `sha256=${createHmac('sha256', HOOK_SECRET).update(JSON.stringify(PING)).digest('hex')}`,
      },
    },
  },
];
