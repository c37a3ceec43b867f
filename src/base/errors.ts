/**
 * Every failure that a caller can see, in one table. Internal details stay in `cause` and never leave the
 * Worker. The body is OpenAI's: `{"error": {"message", "type", "param", "code"}}`. Source:
 * https://platform.openai.com/docs/guides/error-codes
 */
const TABLE = {
  // The caller's request
  invalid_json: { status: 400, type: 'invalid_request_error' },
  invalid_parameter: { status: 400, type: 'invalid_request_error' },
  invalid_picture: { status: 400, type: 'invalid_request_error' },
  picture_url_refused: { status: 400, type: 'invalid_request_error' },
  picture_url_failed: { status: 400, type: 'invalid_request_error' },
  webhook_url_refused: { status: 400, type: 'invalid_request_error' },
  webhook_endpoint_disabled: { status: 400, type: 'invalid_request_error' },
  classifier_space_mismatch: { status: 400, type: 'invalid_request_error' },
  unsupported_parameter: { status: 400, type: 'invalid_request_error' },
  wrong_task: { status: 400, type: 'invalid_request_error' },
  invalid_api_key: { status: 401, type: 'authentication_error' },
  invalid_signature: { status: 401, type: 'authentication_error' },
  token_expired: { status: 401, type: 'authentication_error' },
  invalid_app_check: { status: 401, type: 'authentication_error' },
  scope_missing: { status: 403, type: 'permission_error' },
  origin_not_allowed: { status: 403, type: 'permission_error' },
  model_not_allowed: { status: 403, type: 'permission_error' },
  not_found: { status: 404, type: 'invalid_request_error' },
  model_not_found: { status: 404, type: 'invalid_request_error' },
  webhook_endpoint_not_found: { status: 404, type: 'invalid_request_error' },
  webhook_delivery_not_found: { status: 404, type: 'invalid_request_error' },
  classifier_not_found: { status: 404, type: 'invalid_request_error' },
  hook_not_found: { status: 404, type: 'invalid_request_error' },
  prompt_not_found: { status: 404, type: 'invalid_request_error' },
  prompt_version_not_found: { status: 404, type: 'invalid_request_error' },
  run_not_found: { status: 404, type: 'invalid_request_error' },
  response_not_found: { status: 404, type: 'invalid_request_error' },
  run_not_a_stream: { status: 404, type: 'invalid_request_error' },
  method_not_allowed: { status: 405, type: 'invalid_request_error' },
  body_timeout: { status: 408, type: 'invalid_request_error' },
  run_in_progress: { status: 409, type: 'invalid_request_error' },
  body_too_large: { status: 413, type: 'invalid_request_error' },
  unsupported_media_type: { status: 415, type: 'invalid_request_error' },
  idempotency_key_reused: { status: 422, type: 'invalid_request_error' },
  websocket_not_supported: { status: 426, type: 'invalid_request_error' },
  rate_limit_exceeded: { status: 429, type: 'rate_limit_error' },
  webhook_limit_exceeded: { status: 429, type: 'rate_limit_error' },
  classifier_limit_exceeded: { status: 429, type: 'rate_limit_error' },
  run_limit_exceeded: { status: 429, type: 'rate_limit_error' },
  client_closed_request: { status: 499, type: 'invalid_request_error' },
  run_cancelled: { status: 499, type: 'invalid_request_error' },

  // This Worker
  internal_error: { status: 500, type: 'server_error' },
  run_interrupted: { status: 500, type: 'server_error' },
  run_too_large: { status: 500, type: 'server_error' },
  keys_not_configured: { status: 503, type: 'configuration_error' },
  configuration_invalid: { status: 503, type: 'configuration_error' },
  model_unavailable: { status: 503, type: 'configuration_error' },
  tokens_not_configured: { status: 503, type: 'configuration_error' },
  hook_not_configured: { status: 503, type: 'configuration_error' },
  keys_unavailable: { status: 503, type: 'server_error' },
  runs_unavailable: { status: 503, type: 'server_error' },
  limits_unavailable: { status: 503, type: 'server_error' },
  webhooks_unavailable: { status: 503, type: 'server_error' },
  classifiers_unavailable: { status: 503, type: 'server_error' },
  app_check_unavailable: { status: 503, type: 'server_error' },
  not_cached: { status: 504, type: 'invalid_request_error' },

  // The host that a request was forwarded to
  upstream_rejected: { status: 400, type: 'invalid_request_error' },
  upstream_rate_limited: { status: 429, type: 'rate_limit_error' },
  insufficient_quota: { status: 429, type: 'insufficient_quota' },
  upstream_unauthorized: { status: 502, type: 'upstream_error' },
  upstream_model_missing: { status: 502, type: 'upstream_error' },
  upstream_error: { status: 502, type: 'upstream_error' },
  upstream_unreachable: { status: 502, type: 'upstream_error' },
  upstream_invalid_answer: { status: 502, type: 'upstream_error' },
  output_invalid: { status: 502, type: 'upstream_error' },
  upstream_stream_cut: { status: 502, type: 'upstream_error' },
  upstream_answer_too_large: { status: 502, type: 'upstream_error' },
  upstream_cold: { status: 503, type: 'upstream_error' },
  upstream_overloaded: { status: 503, type: 'upstream_error' },
  upstream_headers_timeout: { status: 504, type: 'upstream_error' },
  upstream_first_event_timeout: { status: 504, type: 'upstream_error' },
  upstream_total_timeout: { status: 504, type: 'upstream_error' },
} as const satisfies Record<string, { status: number; type: string }>;

export type ErrorCode = keyof typeof TABLE;

export interface ErrorDetails {
  /** The parameter at fault, as a path into the request: `messages[0].content`. */
  param?: string | undefined;
  /** For the log only, never for the caller. */
  cause?: unknown;
  /** Headers of the answer: `Retry-After`, `Allow`, `x-should-retry`. */
  headers?: Record<string, string>;
  /** A host's own 4xx status, instead of the table's. */
  status?: number | undefined;
  /**
   * A host's own code for a request that it rejected, such as `context_length_exceeded`: the caller gets this
   * one.
   */
  hostCode?: string | undefined;
}

/** A failure with an entry in the table. Anything else that is thrown becomes `internal_error`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly param: string | null;
  readonly headers: Record<string, string>;
  readonly hostCode: string | undefined;

  constructor(code: ErrorCode, message: string, { param, cause, headers = {}, status, hostCode }: ErrorDetails = {}) {
    super(message, { cause });
    this.code = code;
    this.hostCode = hostCode;
    this.status = status ?? TABLE[code].status;
    this.param = param ?? null;
    this.headers = headers;
  }

  /**
   * The same error, of another parameter: a surface has its own names for the fields of the route that it
   * runs.
   */
  about(param: string, message = this.message): ApiError {
    const { code, cause, headers, status, hostCode } = this;
    return new ApiError(code, message, { param, cause, headers, status, hostCode });
  }

  /** OpenAI's error body. The same object ends a broken stream. */
  get body() {
    const { type } = TABLE[this.code];
    return { error: { message: this.message, type, param: this.param, code: this.hostCode ?? this.code } };
  }

  toResponse(): Response {
    return Response.json(this.body, { status: this.status, headers: this.headers });
  }
}

type UnavailableCode = Exclude<Extract<ErrorCode, `${string}_unavailable`>, 'model_unavailable'>;

/** A part of this Worker that cannot be reached for a moment: the same request may work soon. */
export function unavailable(
  code: UnavailableCode,
  message: string,
  { cause, retryAfterSeconds = 1 }: { readonly cause: unknown; readonly retryAfterSeconds?: number },
): ApiError {
  return new ApiError(code, message, { cause, headers: { 'retry-after': String(retryAfterSeconds) } });
}

/** What an error says, in OpenAI's terms. */
export type ErrorFields = ApiError['body']['error'];

/**
 * The body of an error in another shape than OpenAI's, for clients that read another one, and its status if
 * that changes.
 */
export type ErrorShape = (
  error: ErrorFields,
  status: number,
  requestId: string,
) => {
  readonly body: object;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
};

/** The same error answer in another shape. */
export async function reshape(answer: Response, shape: ErrorShape, requestId: string): Promise<Response> {
  const { error } = (await answer.json()) as ApiError['body'];
  const { body, status = answer.status, headers: more } = shape(error, answer.status, requestId);
  const headers = new Headers(answer.headers);
  headers.delete('content-length');
  for (const name in more) headers.set(name, more[name] as string);
  return Response.json(body, { status, headers });
}

/**
 * An error without an entry tells the caller nothing about its cause. Only what a caller sends can be nested
 * so deeply that the stack is too small for it.
 */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof RangeError && /call stack/.test(error.message)) {
    return new ApiError('invalid_parameter', 'The body is nested too deeply.', { cause: error });
  }
  return new ApiError('internal_error', 'An unexpected error occurred. The request id identifies it in the log.', {
    cause: error,
  });
}

/** All codes with status and type: the source of docs/errors.md. */
export const errorTable: Readonly<Record<ErrorCode, { status: number; type: string }>> = TABLE;
