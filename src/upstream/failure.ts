import { readBounded } from '../bytes/bounded-body.ts';
import type { Call } from '../call/call.ts';
import { ApiError, type ErrorCode, type ErrorDetails } from '../errors.ts';

/** Failures that another try at the same target may mend. */
const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
  'upstream_unreachable',
  'upstream_error',
  'upstream_overloaded',
  'upstream_rate_limited',
  'upstream_cold',
]);

/** Failures that say nothing of the caller's request, so that another target may do better. */
const TARGETS_OWN: ReadonlySet<ErrorCode> = new Set([
  ...RETRYABLE,
  'upstream_unauthorized',
  'upstream_model_missing',
  'upstream_invalid_answer',
  'upstream_answer_too_large',
  'upstream_stream_cut',
  'upstream_headers_timeout',
  'upstream_first_event_timeout',
  'insufficient_quota',
]);

export const isRetryable = (failure: ApiError): boolean => RETRYABLE.has(failure.code);
export const isTargetsOwn = (failure: ApiError): boolean => TARGETS_OWN.has(failure.code);

const MOST_ERROR_BYTES = 16_384;
const MOST_MESSAGE_CHARACTERS = 600;
const FIRST_DELAY_MS = 250;

/** Full jitter over an exponential window, or what the host asked for. */
export function retryDelay(failure: ApiError, tries: number): number {
  const asked = Number(failure.headers['retry-after']);
  if (Number.isFinite(asked)) return asked * 1000;
  return Math.random() * FIRST_DELAY_MS * 2 ** (tries - 1);
}

/** Turns a host's answer that is not 2xx into an entry of the error table. Reads, or cancels, its body. */
export async function failureOf(response: Response, name: string, call: Call): Promise<ApiError> {
  const { status } = response;
  const said = await readMessage(response, call);
  const retryAfter = retryAfterSeconds(response.headers);
  const fail = (code: ErrorCode, message: string, details: ErrorDetails = {}) =>
    new ApiError(code, said ? `${message} It said: ${said}` : message, {
      ...details,
      headers: { ...details.headers, ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }) },
    });

  if (status >= 300 && status < 400) return fail('upstream_error', `The host ${name} answered with a redirect.`);
  switch (status) {
    case 401:
    case 403:
      // What it said may show part of the operator's credential.
      return new ApiError('upstream_unauthorized', `The host ${name} refused this Worker's credential (${status}).`);
    case 402:
      return fail('insufficient_quota', `The account at the host ${name} has no credit left.`, {
        headers: { 'x-should-retry': 'false' },
      });
    case 404:
      return fail('upstream_model_missing', `The host ${name} does not serve this model.`);
    case 429:
      return fail('upstream_rate_limited', `The host ${name} limits the rate of requests.`);
    case 503:
      return /loading|starting|scaling|waking|cold/i.test(said)
        ? fail('upstream_cold', `The host ${name} is still waking up.`)
        : fail('upstream_overloaded', `The host ${name} is overloaded.`);
  }
  if (status >= 500 || status === 408 || status === 425) {
    return fail('upstream_error', `The host ${name} answered with status ${status}.`);
  }
  return fail('upstream_rejected', `The host ${name} rejected the request.`, { status });
}

/** @returns seconds, or undefined where the host named none. Reads the HTTP-date form too (RFC 9110, 10.2.3). */
function retryAfterSeconds(headers: Headers): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}

/** The host's own words, from the shapes that hosts use, cut short and without any credential of ours. */
async function readMessage(response: Response, call: Call): Promise<string> {
  let text: string;
  try {
    text = new TextDecoder().decode(await readBounded(response, MOST_ERROR_BYTES, () => new Error('too large')));
  } catch {
    return '';
  }
  if (!/json/i.test(response.headers.get('content-type') ?? '')) return '';
  return redact(messageIn(text), call);
}

function messageIn(text: string): string {
  try {
    const body = JSON.parse(text);
    const found = body?.error?.message ?? body?.error ?? body?.message ?? body?.detail;
    return typeof found === 'string' ? found : '';
  } catch {
    return '';
  }
}

function redact(message: string, { settings }: Call): string {
  let clean = message;
  for (const [name, value] of Object.entries(settings.values)) {
    if (/TOKEN|KEY/.test(name)) clean = clean.replaceAll(value, '***');
  }
  return clean.slice(0, MOST_MESSAGE_CHARACTERS);
}
