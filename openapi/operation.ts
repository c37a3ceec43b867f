import type { z } from 'zod';
import type * as mini from 'zod/mini';
import type { ErrorCode } from '../src/base/errors.ts';
import type { Need } from './prepare.ts';

export interface Operation {
  readonly id: string;
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** In OpenAPI's syntax: `/v1/models/{id}`. */
  readonly path: string;
  /** Other paths with the same answers: clients send requests there. */
  readonly alsoAt?: readonly string[];
  readonly tag: keyof typeof TAGS;
  readonly summary: string;
  readonly description: string;
  readonly request?: { readonly name: string; readonly schema: mini.ZodMiniType };
  readonly answer: { readonly name: string; readonly schema: z.ZodType };
  /** What each event is, if the request has `stream: true`. */
  readonly event?: { readonly name: string; readonly schema: z.ZodType };
  /** Whether those events have their types as names, and the last one takes the place of `[DONE]`. */
  readonly hasNamedEvents?: boolean;
  /**
   * Accepts pictures as multipart parts, or as the whole body, and caches vectors.
   */
  readonly takesPictures?: boolean;
  /** Returns the bytes of an image if the request has `Accept: image/*`. */
  readonly givesPictures?: boolean;
  /**
   * The request is, or can be, a form: its files, with descriptions. Its other fields are those of the
   * request.
   */
  readonly files?: Readonly<Record<string, string>>;
  /** The only way to send the request is a form. */
  readonly onlyForm?: boolean;
  /** What the answer can be beside JSON, by media type. */
  readonly others?: Readonly<Record<string, string>>;
  /** It is never JSON. */
  readonly onlyOthers?: boolean;
  /** No tiny model does this: it needs a host, and has no recorded answer. */
  readonly isHosted?: boolean;
  /** Parameters of the query string, with descriptions. */
  readonly query?: Readonly<Record<string, string>>;
  /** Can be recorded as a run: see src/runs/run-options.ts. */
  readonly records?: boolean;
  /** The headers name the model that answered, though no run can be recorded. */
  readonly namesModel?: boolean;
  /** Counts the tokens of a request: the headers name the model, and say whether its host has counted. */
  readonly counts?: boolean;
  /** Returns the recorded answer of a run: complete, or only as events. */
  readonly readsRun?: 'result' | 'events';
  /** Also answers 202, with the same schema. */
  readonly accepts?: boolean;
  /** What an error is, if not OpenAI's `ErrorBody`. */
  readonly failure?: { readonly name: string; readonly schema: z.ZodType };
  /** No key is required. */
  readonly open?: boolean;
  readonly errors: readonly ErrorCode[];
  /** A request that works with the tiny models, or with a host if there is none that does this. */
  readonly example: Example;
}

export interface Example {
  readonly path?: string;
  readonly body?: object;
  /** The fields of a form. Files are `@name`. */
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly before?: Before;
  readonly needs?: Need;
}

/** A request that must have been sent before an example works. */
export interface Before {
  readonly path: string;
  readonly body: object;
  readonly headers: Readonly<Record<string, string>>;
}

export const TAGS = {
  Text: 'Text generation. Chat answers are passed on from the host unchanged.',
  Responses: "OpenAI's Responses API, at the hosts of chat. Only what asks to be kept is kept.",
  Messages: "Anthropic's Messages API, at the hosts of chat.",
  Prompts: 'Prompts that are files of this project, by name, with variables.',
  Vectors: 'Embeddings, similarity and classification. Vectors are cached by the content of their text or picture.',
  Classifiers:
    'Labels learned from a few examples. A classifier belongs to a key; the client tokens of the key can use it.',
  Images: 'Image generation from prompts, and changes to images.',
  Audio: 'Speech to text and text to speech, at hosts: forms and sound are passed on while they arrive.',
  Tasks: "Hugging Face's inference API at the URL of a model, for its clients.",
  Runs: 'Requests that are recorded: resumable streams and answers that are fetched later. A run is only visible to its caller.',
  Webhooks:
    'Events of runs in the background, sent to endpoints of yours, and webhooks of other products that start runs.',
  Agents: 'Tools for agents that speak the Model Context Protocol.',
  Models: 'Available models and their hosts.',
  Callers: 'Client tokens for apps, and what callers used. Both need an API key.',
  Health: 'For load balancers and operators. No key is needed.',
} as const;

export const ROUTE = ['method_not_allowed', 'internal_error'] as const;
export const KEYED = [
  ...ROUTE,
  'invalid_api_key',
  'token_expired',
  'rate_limit_exceeded',
  'keys_not_configured',
  'configuration_invalid',
  'keys_unavailable',
  'limits_unavailable',
] as const;
export const JSON_BODY = [
  'invalid_json',
  'invalid_parameter',
  'body_too_large',
  'body_timeout',
  'unsupported_media_type',
] as const;
const BODY = [
  ...KEYED,
  ...JSON_BODY,
  'unsupported_parameter',
  'wrong_task',
  'scope_missing',
  'model_not_allowed',
  'model_not_found',
  'model_unavailable',
  'client_closed_request',
] as const;
/** Of a request that is looked at, and sent to no model. */
export const COUNTED = BODY;
export const HOSTED = [
  ...BODY,
  'upstream_rejected',
  'upstream_rate_limited',
  'insufficient_quota',
  'upstream_unauthorized',
  'upstream_model_missing',
  'upstream_error',
  'upstream_unreachable',
  'upstream_invalid_answer',
  'upstream_answer_too_large',
  'upstream_cold',
  'upstream_overloaded',
  'upstream_headers_timeout',
  'upstream_total_timeout',
] as const;
export const STREAMED = [...HOSTED, 'upstream_stream_cut', 'upstream_first_event_timeout'] as const;
export const PICTURED = [...HOSTED, 'invalid_picture', 'picture_url_refused', 'picture_url_failed'] as const;

export const RUNS = [
  'webhook_url_refused',
  'invalid_parameter',
  'idempotency_key_reused',
  'run_in_progress',
  'run_limit_exceeded',
  'run_cancelled',
  'run_interrupted',
  'run_too_large',
  'runs_unavailable',
] as const;

const IDEMPOTENCY = ['invalid_parameter', 'idempotency_key_reused', 'run_in_progress', 'runs_unavailable'] as const;

const CACHED = ['not_cached'] as const;

/**
 * Whether a request with the same `Idempotency-Key` gets the same answer. Deliveries to hooks and calls of
 * tools have ids of their own.
 */
export function takesKey({ method, accepts, tag }: Operation): boolean {
  return (method === 'post' || method === 'patch') && !accepts && tag !== 'Agents';
}

export function errorsOf(operation: Operation): readonly ErrorCode[] {
  return [
    ...new Set([
      ...operation.errors,
      ...(takesKey(operation) ? IDEMPOTENCY : []),
      ...(operation.records ? CACHED : []),
    ]),
  ];
}
