import { readBounded } from '../../base/bytes/bounded-body.ts';
import { MAX_ERROR_ANSWER_BYTES, MAX_ERROR_MESSAGE_CHARACTERS } from '../../base/sizes.ts';
import type { Call } from '../../call/call.ts';
import { UpstreamFailure } from './failure.ts';
import { retryAfterSeconds } from './retry-after.ts';

/** What a host says about an error, in the shapes that hosts use. */
interface HostError {
  readonly message: string;
  readonly code?: string | undefined;
  readonly param?: string | undefined;
  /** The status that the error stands for, if it comes within an answer whose status is 200. */
  readonly status?: number | undefined;
}

/**
 * What hosts say with 400 about a model that they do not serve: Hugging Face's router, Groq, Together.
 * Source: https://github.com/huggingface/huggingface.js/issues/2225
 */
const NO_MODEL = /^model_(not_|decommissioned)|not supported by (any )?provider/i;

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

function failureFor(
  status: number,
  { message, code, param }: HostError,
  name: string,
  call: Call,
  retryAfterSeconds?: number,
): UpstreamFailure {
  const said = redact(message, call);
  const withWords = (text: string) => (said ? `${text} It said: ${said}` : text);
  const fail = (reason: UpstreamFailure['reason'], text: string) =>
    new UpstreamFailure(reason, withWords(text), { retryAfterSeconds });

  const noCredit = () => fail('no-credit', `The account at the host ${name} has no credit left.`);
  const noModel = () => fail('model-missing', `The host ${name} does not serve this model.`);
  if (status >= 300 && status < 400) return fail('redirect', `The host ${name} answered with a redirect.`);
  switch (status) {
    case 401:
    case 403:
      // The host's words may show part of the operator's credential.
      return new UpstreamFailure('unauthorized', `The host ${name} refused this Worker's credential (${status}).`);
    case 402:
      return noCredit();
    case 404:
    case 410:
      return noModel();
    case 429:
      // OpenAI's answer to an account without credit.
      if (code === 'insufficient_quota') return noCredit();
      return fail('rate-limited', `The host ${name} limits the rate of requests.`);
    case 503:
      return /loading|starting|scaling|waking|cold/i.test(said)
        ? fail('cold', `The host ${name} is still starting.`)
        : fail('overloaded', `The host ${name} is overloaded.`);
  }
  // 424 is a generation that failed. Source: https://github.com/huggingface/text-generation-inference, router/src/server.rs
  if (status >= 500 || [408, 424, 425].includes(status)) {
    return fail('server-error', `The host ${name} answered with status ${status}.`);
  }
  if (NO_MODEL.test(`${code} ${said}`)) return noModel();
  return new UpstreamFailure('rejected', withWords(`The host ${name} rejected the request.`), {
    status,
    hostCode: code,
    param,
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

const MIN_SECRET_CHARACTERS = 8;

/** Shortens the host's words, and removes the operator's credentials and the URLs of endpoints. */
function redact(message: string, { settings: { values, apiKeys } }: Call): string {
  let clean = message;
  const secrets = Object.entries(values).flatMap(([name, value]) => {
    if (/_URL$/.test(name)) return [value, new URL(value).host];
    return /TOKEN|KEY/.test(name) ? [value] : [];
  });
  for (const secret of [...secrets, ...apiKeys]) {
    // A shorter one is a part of words: with the token `x`, "maximum" was "ma***imum".
    if (secret.length >= MIN_SECRET_CHARACTERS) clean = clean.replaceAll(secret, '***');
  }
  return clean.slice(0, MAX_ERROR_MESSAGE_CHARACTERS);
}
