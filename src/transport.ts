import { readBounded } from './bounded-body.ts';
import { abortError, type Call, startStage } from './call.ts';
import { ApiError } from './errors.ts';
import { failureOf, isRetryable, retryDelay } from './upstream-failure.ts';

/** A request to a host. `name` is the host's name as errors and logs show it. */
export interface UpstreamRequest {
  readonly name: string;
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers: Record<string, string>;
  readonly body?: BodyInit;
}

const MOST_TRIES = 3;

const utf8 = new TextDecoder();

/**
 * The only place that calls `fetch`. Sends a request, reads its 2xx answer with `read`, and tries again what is safe
 * to try again: nothing has reached the caller until `read` returns.
 *
 * @throws ApiError an `upstream_*` code, `insufficient_quota` or `client_closed_request`.
 */
export async function send<T>(
  request: UpstreamRequest,
  call: Call,
  read: (response: Response) => T | Promise<T>,
): Promise<T> {
  const coldUntil = Math.min(Date.now() + call.limits.coldMs, call.deadline);
  for (let tries = 1; ; tries++) {
    try {
      return await read(await fetchOnce(request, call));
    } catch (error) {
      if (call.signal.aborted) throw abortError(call);
      const failure = toFailure(error, request.name);
      const cold = failure.code === 'upstream_cold';
      const wait = retryDelay(failure, tries);
      const until = cold ? coldUntil : call.deadline;
      if (!isRetryable(failure) || (!cold && tries >= MOST_TRIES) || Date.now() + wait >= until) throw failure;
      await sleep(wait, call);
    }
  }
}

async function fetchOnce(request: UpstreamRequest, call: Call): Promise<Response> {
  call.signal.throwIfAborted();
  call.report.attempts++;
  const { headersMs } = call.limits;
  // One signal of its own, not `AbortSignal.any` over a timer's: half the cost.
  const attempt = new AbortController();
  call.signal.addEventListener('abort', () => attempt.abort(call.signal.reason), { once: true });
  const inTime = call.deadlines.in(headersMs, () => {
    const message = `The host ${request.name} did not answer within ${headersMs / 1000} s.`;
    attempt.abort(new ApiError('upstream_headers_timeout', message));
  });
  const endStage = startStage(call.report, 'upstream');
  try {
    const response = await fetch(request.url, {
      method: request.method ?? 'POST',
      headers: request.headers,
      ...(request.body === undefined ? {} : { body: request.body }),
      // A redirect would carry the credential to another host.
      redirect: 'manual',
      signal: attempt.signal,
    });
    call.onHeaders?.();
    if (response.ok) return response;
    throw await failureOf(response, request.name, call);
  } catch (error) {
    throw attempt.signal.aborted ? attempt.signal.reason : error;
  } finally {
    inTime();
    endStage();
  }
}

function toFailure(error: unknown, name: string): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError('upstream_unreachable', `The connection to the host ${name} failed.`, { cause: error });
}

/** Waits within a call: wakes early, and throws, when the client leaves or the total limit passes. */
export function sleep(milliseconds: number, call: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      clearTimeout(timer);
      reject(abortError(call));
    };
    const timer = setTimeout(() => {
      call.signal.removeEventListener('abort', leave);
      resolve();
    }, milliseconds);
    call.signal.addEventListener('abort', leave, { once: true });
  });
}

/** Reads an answer as JSON text that has been checked to parse; both forms, so that bytes can be passed on. */
export async function readJson(
  response: Response,
  name: string,
  mostBytes: number,
): Promise<{ text: string; json: unknown }> {
  const text = utf8.decode(await readAnswer(response, name, mostBytes));
  try {
    return { text, json: JSON.parse(text) };
  } catch {
    // Not kept as the cause: the message of a SyntaxError quotes the text.
    throw new ApiError('upstream_invalid_answer', `The host ${name} answered with something that is not JSON.`);
  }
}

/** Reads an answer's bytes up to a limit. */
export function readAnswer(response: Response, name: string, mostBytes: number): Promise<Uint8Array> {
  return readBounded(
    response,
    mostBytes,
    () =>
      new ApiError('upstream_answer_too_large', `The answer of the host ${name} is larger than ${mostBytes} bytes.`),
  );
}

/** How an address that is not the operator's is fetched: see `fetchPublic`. */
export interface PublicFetch {
  /** The guard, asked for the first address and for every redirect. */
  readonly check: (url: string) => URL | undefined;
  readonly mostBytes: number;
  readonly refused: () => ApiError;
  readonly failed: (what: string) => ApiError;
}

const PUBLIC_LIMIT_MS = 10_000;
const MOST_REDIRECTS = 3;

/** Fetches what a caller named, without credentials, within 10 s, and follows only redirects that the guard lets by. */
export async function fetchPublic(
  address: string,
  call: Call,
  { check, mostBytes, refused, failed }: PublicFetch,
): Promise<Uint8Array> {
  const late = AbortSignal.timeout(PUBLIC_LIMIT_MS);
  const endStage = startStage(call.report, 'pictures');
  let url = check(address);
  try {
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      if (!url) throw refused();
      const response = await fetch(url.href, {
        headers: { accept: 'image/png, image/jpeg, image/webp, image/gif' },
        redirect: 'manual',
        signal: AbortSignal.any([call.signal, late]),
      });
      if (response.ok) return await readBounded(response, mostBytes, () => failed(`is larger than ${mostBytes} bytes`));
      await response.body?.cancel();
      const location = response.headers.get('location');
      if (response.status < 300 || response.status >= 400 || location === null) {
        throw failed(`could not be fetched: its host answered with status ${response.status}`);
      }
      url = check(URL.parse(location, url.href)?.href ?? '');
    }
    throw failed(`redirects more than ${MOST_REDIRECTS} times`);
  } catch (error) {
    if (call.signal.aborted) throw abortError(call);
    if (error instanceof ApiError) throw error;
    throw failed(late.aborted ? `did not arrive within ${PUBLIC_LIMIT_MS / 1000} s` : 'could not be fetched');
  } finally {
    endStage();
  }
}
