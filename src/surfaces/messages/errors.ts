import { type ErrorCode, type ErrorShape, errorTable } from '../../base/errors.ts';
import type { StreamError } from '../../hosts/stream/error-event.ts';

/** Source: https://platform.claude.com/docs/en/api/errors */
const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

/** Statuses that Anthropic has of its own. */
const STATUSES: Readonly<Partial<Record<string, number>>> = {
  upstream_overloaded: 529,
  upstream_cold: 529,
  insufficient_quota: 402,
};

export const messagesStatus = (code: string, status: number): number => STATUSES[code] ?? status;

/**
 * By this Anthropic's SDKs know that they have to send the whole conversation: their tool runner sends only
 * what is new, from 1.14 on at the latest.
 */
const NO_THREADS = { error_code: 'thread_unsupported_request', unsupported: ['thread'] };

/**
 * Errors in the shape that Anthropic's clients read. `code` and `param` are those of all errors of this API.
 */
export const messagesError: ErrorShape = ({ message, code, param }, status, requestId) => {
  const own = messagesStatus(code, status);
  const type = TYPES[own] ?? (own < 500 ? 'invalid_request_error' : 'api_error');
  const details = param === 'thread' && code === 'unsupported_parameter' ? { details: NO_THREADS } : {};
  return {
    status: own,
    body: { type: 'error', error: { type, message, code, param, ...details }, request_id: requestId },
    headers: { 'request-id': requestId },
  };
};

/** The event that ends a stream that has failed. A host's own code is no code of this API. */
export function errorEvent({ code, message }: StreamError, requestId: string): object {
  const status = Object.hasOwn(errorTable, code) ? errorTable[code as ErrorCode].status : 502;
  return messagesError({ message, code: code as ErrorCode, param: null, type: 'upstream_error' }, status, requestId)
    .body;
}
