import { toSeconds } from '../../base/to-seconds.ts';
import type { EventType } from './event.ts';
import { hintOf, newSecret } from './signature.ts';

/** Where a caller wants its events. Plain data: one row. Times are milliseconds since 1970. */
export interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly name: string;
  readonly eventTypes: readonly EventType[];
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly secret: string;
  /** The one before, while receivers still verify with it. */
  readonly previousSecret: string | null;
  readonly previousUntil: number;
  /** Why nothing is sent. */
  readonly disabledBecause: DisabledBecause | null;
  /** Events that were not stored, because too many were. */
  readonly dropped: number;
}

/** `gone`: the endpoint answered 410. `owner`: its owner said so. */
export type DisabledBecause = 'gone' | 'owner';

/** After a rotation, both secrets sign for this long. */
const ROTATION_MS = 24 * 3_600_000;

/** What its owner can set of an endpoint. */
export interface EndpointFields {
  readonly url: string;
  readonly name: string;
  readonly eventTypes: readonly EventType[];
}

export function newEndpoint(fields: EndpointFields): Endpoint {
  const now = Date.now();
  return {
    id: `whe_${crypto.randomUUID().replaceAll('-', '')}`,
    ...fields,
    createdAt: now,
    updatedAt: now,
    secret: newSecret(),
    previousSecret: null,
    previousUntil: 0,
    disabledBecause: null,
    dropped: 0,
  };
}

/** @param keepsOld whether the old secret goes on signing for a while */
export function withNewSecret(endpoint: Endpoint, keepsOld: boolean): Endpoint {
  const now = Date.now();
  const previous = keepsOld
    ? { previousSecret: endpoint.secret, previousUntil: now + ROTATION_MS }
    : { previousSecret: null, previousUntil: 0 };
  return { ...endpoint, ...previous, secret: newSecret(), updatedAt: now };
}

export function secretsOf({ secret, previousSecret, previousUntil }: Endpoint): string[] {
  return previousSecret && previousUntil > Date.now() ? [secret, previousSecret] : [secret];
}

/**
 * As callers see it: OpenAI's `webhook_endpoint`, and whether it is enabled. The secret is shown when it is
 * new.
 */
export function describeEndpoint(endpoint: Endpoint, isSecretNew = false) {
  const { id, url, name, eventTypes, createdAt, updatedAt, secret, disabledBecause, dropped } = endpoint;
  return {
    id,
    object: 'webhook_endpoint',
    created_at: toSeconds(createdAt),
    updated_at: toSeconds(updatedAt),
    url,
    name,
    event_types: eventTypes,
    enabled: disabledBecause === null,
    disabled_because: disabledBecause,
    dropped_events: dropped,
    signing_secret_hint: hintOf(secret),
    ...(isSecretNew ? { signing_secret: secret } : {}),
  };
}
