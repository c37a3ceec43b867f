/** Every error code of the API, with its HTTP status and its OpenAI error type. */
const FAILURES = {
  invalid_value: { status: 400, type: 'invalid_request_error' },
  invalid_json: { status: 400, type: 'invalid_request_error' },
  invalid_picture: { status: 400, type: 'invalid_request_error' },
  unsupported_task: { status: 400, type: 'invalid_request_error' },
  context_length_exceeded: { status: 400, type: 'invalid_request_error' },
  invalid_api_key: { status: 401, type: 'authentication_error' },
  model_not_found: { status: 404, type: 'invalid_request_error' },
  not_found: { status: 404, type: 'invalid_request_error' },
  method_not_allowed: { status: 405, type: 'invalid_request_error' },
  body_too_large: { status: 413, type: 'invalid_request_error' },
  internal_error: { status: 500, type: 'server_error' },
  queue_full: { status: 503, type: 'server_error' },
  loading: { status: 503, type: 'server_error' },
} as const;

export type FailureCode = keyof typeof FAILURES;

interface Details {
  /** The invalid request field, as a path such as `input[3]`. */
  param?: string | undefined;
  /** Seconds until the client may retry. */
  retryAfterSeconds?: number;
  cause?: unknown;
}

/** An error that is returned to the client. Any other thrown value becomes `internal_error`. */
export class ApiError extends Error {
  readonly code: FailureCode;
  readonly param: string | null;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: FailureCode, message: string, details: Details = {}) {
    super(message, { cause: details.cause });
    this.name = 'ApiError';
    this.code = code;
    this.param = details.param ?? null;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }

  get status(): (typeof FAILURES)[FailureCode]['status'] {
    return FAILURES[this.code].status;
  }

  /** OpenAI's error body. All four keys are always present, because SDKs read each of them. */
  get body() {
    const { type } = FAILURES[this.code];
    return { error: { message: this.message, type, param: this.param, code: this.code } };
  }
}

export function asApiError(thrown: unknown): ApiError {
  return thrown instanceof ApiError
    ? thrown
    : new ApiError('internal_error', 'The server failed to process this request.', { cause: thrown });
}
