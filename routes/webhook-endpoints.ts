import * as z from 'zod/mini';
import { ApiError } from '../src/base/errors.ts';
import { lazy } from '../src/base/lazy.ts';
import { pageOf, unknownAfter } from '../src/base/page.ts';
import { MAX_SMALL_BODY_BYTES, MAX_URL_CHARACTERS } from '../src/base/sizes.ts';
import type { Call } from '../src/call/call.ts';
import { readOptionalBody } from '../src/intake/body.ts';
import { route } from '../src/route.ts';
import { EVENT_TYPES } from '../src/runs/webhooks/event.ts';
import { requireWebhookUrl } from '../src/runs/webhooks/webhook-url.ts';
import { askWebhooks } from '../src/runs/webhooks/webhooks-of.ts';
import { DEFAULT_PAGE, pageLimit } from './fields.ts';

/**
 * The paths and bodies are OpenAI's, so that its SDKs' `client.webhooks` works. Source: openai-node,
 * resources/webhooks
 */
const PATH = '/v1/webhook_endpoints';

const url = () => z.string().check(z.minLength(1), z.maxLength(MAX_URL_CHARACTERS));
const name = () => z.string().check(z.maxLength(200));
const eventTypes = () => z.array(z.enum(EVENT_TYPES)).check(z.minLength(1), z.maxLength(EVENT_TYPES.length));

export const createWebhookEndpointRequest = lazy(() =>
  z.strictObject({ url: url(), name: z.optional(name()), event_types: z.optional(eventTypes()) }),
);

/** POST /v1/webhook_endpoints: the signing secret is in this answer only. */
export const createWebhookEndpoint = route({
  method: 'POST',
  path: PATH,
  access: 'key',
  schema: createWebhookEndpointRequest,
  maxBytes: MAX_SMALL_BODY_BYTES,
  async run({ url, name = '', event_types: eventTypes = EVENT_TYPES }, call) {
    const { settings } = call;
    requireWebhookUrl(url, 'url', settings);
    const created = await askWebhooks(call, (webhooks) => webhooks.create({ url, name, eventTypes }));
    if (created) return Response.json(created, NO_STORE);
    const most = settings.webhooks.endpointsPerCaller;
    throw new ApiError(
      'webhook_limit_exceeded',
      `A key can have ${most} webhook endpoints, which the setting WEBHOOK_ENDPOINTS_PER_CALLER says. Delete one first.`,
      { headers: { 'x-should-retry': 'false' } },
    );
  },
});

/** GET /v1/webhook_endpoints: all of them, newest first. */
export const listWebhookEndpoints = route({
  method: 'GET',
  path: PATH,
  access: 'key',
  run: async (_, call) =>
    Response.json(pageOf(await askWebhooks(call, (webhooks) => webhooks.list()), Number.POSITIVE_INFINITY)),
});

export const getWebhookEndpoint = route({
  method: 'GET',
  path: `${PATH}/:id`,
  access: 'key',
  run: async (_, call) => Response.json(found(await askWebhooks(call, (webhooks) => webhooks.get(idOf(call))))),
});

export const updateWebhookEndpointRequest = lazy(() =>
  z.strictObject({
    url: z.optional(url()),
    name: z.optional(name()),
    event_types: z.optional(eventTypes()),
    enabled: z.optional(z.boolean()),
  }),
);

/** POST /v1/webhook_endpoints/{id}: changes what the body names. */
export const updateWebhookEndpoint = route({
  method: 'POST',
  path: `${PATH}/:id`,
  access: 'key',
  schema: updateWebhookEndpointRequest,
  maxBytes: MAX_SMALL_BODY_BYTES,
  async run({ url, name, event_types: eventTypes, enabled: isEnabled }, call) {
    if (url !== undefined) requireWebhookUrl(url, 'url', call.settings);
    const fields = {
      ...(url !== undefined && { url }),
      ...(name !== undefined && { name }),
      ...(eventTypes && { eventTypes }),
      ...(isEnabled !== undefined && { isEnabled }),
    };
    return Response.json(found(await askWebhooks(call, (webhooks) => webhooks.update(idOf(call), fields))));
  },
});

/** DELETE /v1/webhook_endpoints/{id}: what is on its way to it is not sent. */
export const deleteWebhookEndpoint = route({
  method: 'DELETE',
  path: `${PATH}/:id`,
  access: 'key',
  async run(_, call) {
    const id = idOf(call);
    if (!(await askWebhooks(call, (webhooks) => webhooks.remove(id)))) throw notFound();
    return Response.json({ id, object: 'webhook_endpoint.deleted', deleted: true });
  },
});

export const rotateWebhookSecretRequest = lazy(() =>
  z.strictObject({ keep_old_secret_active_for_24_hours: z.optional(z.boolean()) }),
);

/** POST /v1/webhook_endpoints/{id}/rotate_secret: for 24 h, the new and the old secret sign. */
export const rotateWebhookSecret = route({
  method: 'POST',
  path: `${PATH}/:id/rotate_secret`,
  access: 'key',
  schema: rotateWebhookSecretRequest,
  maxBytes: MAX_SMALL_BODY_BYTES,
  async run({ keep_old_secret_active_for_24_hours: keepsOld = true }, call) {
    const rotated = await askWebhooks(call, (webhooks) => webhooks.rotateSecret(idOf(call), keepsOld));
    return Response.json(found(rotated), NO_STORE);
  },
});

export const testWebhookEndpointRequest = lazy(() => z.strictObject({ event_type: z.optional(z.enum(EVENT_TYPES)) }));

/** POST /v1/webhook_endpoints/{id}/test: sends an example once, and says what the endpoint answered. */
export const testWebhookEndpoint = route({
  method: 'POST',
  path: `${PATH}/:id/test`,
  access: 'key',
  schema: testWebhookEndpointRequest,
  read: readOptionalBody,
  maxBytes: MAX_SMALL_BODY_BYTES,
  async run({ event_type = 'webhook.test' }, call) {
    const { origin } = new URL(call.url());
    const result = await askWebhooks(call, (webhooks) => webhooks.sendExample(idOf(call), event_type, origin));
    return Response.json(found(result));
  },
});

export const listDeliveriesRequest = lazy(() =>
  z.looseObject({
    after: z.optional(z.string().check(z.maxLength(100))),
    limit: pageLimit(),
  }),
);

/** GET /v1/webhook_endpoints/{id}/deliveries: newest first, each with its attempts. */
export const listDeliveries = route({
  method: 'GET',
  path: `${PATH}/:id/deliveries`,
  access: 'key',
  schema: listDeliveriesRequest,
  async run({ after, limit = DEFAULT_PAGE }, call) {
    const deliveries = found(await askWebhooks(call, (webhooks) => webhooks.deliveries(idOf(call), limit, after)));
    if (deliveries === 'unknown after') throw unknownAfter();
    return Response.json(pageOf(deliveries, limit));
  },
});

/**
 * POST /v1/webhook_endpoints/{id}/deliveries/{event}/redeliver: begins its schedule anew, with the same id.
 */
export const redeliver = route({
  method: 'POST',
  path: `${PATH}/:id/deliveries/:event/redeliver`,
  access: 'key',
  async run(_, call) {
    const { id = '', event = '' } = call.params;
    const delivery = await askWebhooks(call, (webhooks) => webhooks.redeliver(id, event));
    if (delivery === 'disabled') {
      throw new ApiError(
        'webhook_endpoint_disabled',
        'The endpoint is disabled. Enable it first: POST /v1/webhook_endpoints/{id} with {"enabled": true}.',
      );
    }
    if (delivery) return Response.json(delivery);
    throw new ApiError('webhook_delivery_not_found', 'There is no such delivery of this endpoint, or it has expired.');
  },
});

/** A secret must not stay in a cache. */
const NO_STORE = { headers: { 'cache-control': 'no-store' } };

const idOf = ({ params }: Call): string => params.id ?? '';

/** @throws ApiError `webhook_endpoint_not_found` */
function found<T>(value: T | undefined): T {
  if (value === undefined) throw notFound();
  return value;
}

function notFound(): ApiError {
  return new ApiError(
    'webhook_endpoint_not_found',
    'There is no such webhook endpoint. GET /v1/webhook_endpoints lists yours.',
  );
}
