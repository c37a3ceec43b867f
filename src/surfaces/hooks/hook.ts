import type { Limits } from '../../base/limits.ts';
import type { Filled, Template } from '../../base/templates/template.ts';

/** A file of hooks/, as scripts/compile.ts compiles it. Plain data. */
export interface Hook {
  /** Of the file, and in the path of the route. */
  readonly name: string;
  readonly sender: SenderName;
  /** How a sender signs that is none of the known ones. */
  readonly hmac?: HmacScheme;
  /** Types of events that are run. All others are acknowledged and ignored; without this, none is. */
  readonly events?: readonly string[];
  /** The path of the route that runs. */
  readonly route: HookRoute;
  /** The body for the route. */
  readonly body: Template;
  /** What the event is about, for whoever gets the result. */
  readonly about?: Filled;
  readonly to: Destination;
  /** What all deliveries of the hook together can use. */
  readonly limits?: Limits;
}

export const SENDER_NAMES = ['github', 'slack', 'stripe', 'standard', 'huggingface', 'hmac'] as const;
export type SenderName = (typeof SENDER_NAMES)[number];

/** What a hook can run. */
export const HOOK_ROUTES = [
  '/v1/chat/completions',
  '/v1/completions',
  '/v1/embeddings',
  '/v1/similarity',
  '/v1/classify',
  '/v1/images/generations',
] as const;
export type HookRoute = (typeof HOOK_ROUTES)[number];

/**
 * `webhooks`: the operator's webhook endpoints. `sender`: the answer to the delivery, if the run ends in
 * time. `slack`: the `response_url` of the delivery, or the webhook endpoints if it has none.
 */
export type Destination = 'webhooks' | 'sender' | 'slack';

export interface HmacScheme {
  readonly header: string;
  readonly encoding: 'hex' | 'base64';
  /** What is before the signature, such as `sha256=`. */
  readonly prefix: string;
  /** The header with the id of a delivery. Without it, the id is the digest of the body. */
  readonly idHeader?: string;
}

/** The setting with its secret. */
export const secretName = (hook: string): string => `HOOK_SECRET_${hook.toUpperCase().replaceAll('-', '_')}`;
