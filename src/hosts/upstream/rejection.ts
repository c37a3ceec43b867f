import { readBounded } from '../../base/bytes/bounded-body.ts';
import { MAX_ERROR_ANSWER_BYTES, MAX_ERROR_MESSAGE_CHARACTERS } from '../../base/sizes.ts';
import type { Call } from '../../call/call.ts';
import { UpstreamFailure } from './failure.ts';
import { failureKind } from './failure-kind.ts';
import { retryAfterSeconds, retryDelaySeconds } from './retry-after.ts';

/** What a host says about an error, in the shapes that hosts use. */
interface HostError {
  readonly message: string;
  readonly code?: string | undefined;
  /** The host's own name of the kind. */
  readonly type?: string | undefined;
  readonly param?: string | undefined;
  /** How long the host asks to wait. */
  readonly retryAfterSeconds?: number | undefined;
  /** The status that the error stands for, if it comes within an answer whose status is 200. */
  readonly status?: number | undefined;
}

/** Turns an answer that is not 2xx into a failure. Reads, or cancels, its body. */
export async function failureOf(response: Response, name: string, call: Call): Promise<UpstreamFailure> {
  const { status, headers } = response;
  return failureFor(status, await readHostError(response), name, call, retryAfterSeconds(headers));
}

/** Turns an error that a host sent with status 200, or as the first event of a stream, into the failure that it stands for. */
export function failureInEvent(event: Record<string, unknown>, name: string, call: Call): UpstreamFailure {
  const error = hostErrorIn(event);
  return failureFor(error.status ?? 500, error, name, call);
}

function failureFor(status: number, error: HostError, name: string, call: Call, retryAfter?: number): UpstreamFailure {
  const said = redact(error.message, call);
  const { reason, sentence, isSecret, status: its, code } = failureKind(status, { ...error, message: said });
  const words = said && !isSecret ? ` It said: ${said}` : '';
  const isRequest = reason === 'rejected' || reason === 'unsupported';
  return new UpstreamFailure(reason, sentence(name) + words, {
    retryAfterSeconds: retryAfter ?? error.retryAfterSeconds,
    ...(isRequest && { status: its ?? status, hostCode: code ?? error.code, param: error.param }),
    // SDKs repeat what a host calls its own fault.
    isFinal: isRequest && status >= 500,
  });
}

async function readHostError(response: Response): Promise<HostError> {
  try {
    const bytes = await readBounded(response, MAX_ERROR_ANSWER_BYTES, () => new Error('too large'));
    if (!/json/i.test(response.headers.get('content-type') ?? '')) return { message: '' };
    return hostErrorIn(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return { message: '' };
  }
}

function hostErrorIn(body: unknown): HostError {
  const outer = objectIn(body);
  const inner = objectIn(outer.error);
  // FastAPI's list of what is wrong, which Mistral has in its message: each has a text, and the path of its field.
  const detail = outer.detail ?? objectIn(outer.message).detail;
  const [wrong] = Array.isArray(detail) ? detail : [];
  const message = [inner.message, outer.error, outer.message, outer.detail, wrong?.msg].find(
    (text) => typeof text === 'string',
  );
  const status = [inner.code, inner.status, inner.http_status_code, inner.status_code, outer.status, outer.code]
    .map(Number)
    .find((number) => Number.isInteger(number) && number >= 400 && number < 600);
  return {
    message: typeof message === 'string' ? message : '',
    code: identifierIn(inner.code, /^[a-z][\w-]{0,63}$/i),
    type: [inner.type, outer.type, outer.error_type].find((text) => typeof text === 'string'),
    retryAfterSeconds: retryDelaySeconds(inner.details),
    param: identifierIn(inner.param ?? outer.param ?? wrong?.loc?.[1], /^[a-z][\w.[\]-]{0,127}$/i),
    // A stream's error may only name its kind.
    status:
      status ??
      (/invalid_request|bad_?request|validation/i.test(`${inner.type} ${outer.error_type}`) ? 400 : undefined),
  };
}

function objectIn(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function identifierIn(value: unknown, shape: RegExp): string | undefined {
  return typeof value === 'string' && shape.test(value) ? value : undefined;
}

/** Shortens the host's words, and removes the operator's credentials and the URLs of endpoints. */
function redact(message: string, { settings: { values, apiKeys } }: Call): string {
  let clean = message;
  const secrets = Object.entries(values).flatMap(([name, value]) => {
    if (/_URL$/.test(name)) return [value, new URL(value).host];
    return /TOKEN|KEY/.test(name) ? [value] : [];
  });
  for (const secret of [...secrets, ...apiKeys]) clean = clean.replaceAll(secret, '***');
  return clean.slice(0, MAX_ERROR_MESSAGE_CHARACTERS);
}
