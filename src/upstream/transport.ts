import { readBounded, readBoundedText } from '../bytes/bounded-body.ts';
import { type Call, startStage } from '../call/call.ts';
import { ApiError } from '../errors.ts';
import { failureOf, isRetryable, retryDelay } from './failure.ts';

/** A request to a host. `name` is the host's name as errors and logs show it. */
export interface UpstreamRequest {
  readonly name: string;
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers: Record<string, string>;
  readonly body?: BodyInit;
}

const MOST_TRIES = 3;

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
      return await call.cancellation.race(fetchOnce(request, call).then(read));
    } catch (error) {
      if (call.cancellation.reason) throw call.cancellation.reason;
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
  const { cancellation, limits } = call;
  if (cancellation.reason) throw cancellation.reason;
  call.report.attempts++;
  const controller = cancellation.abortable ? new AbortController() : undefined;
  // Listens on after the headers: the body is given up by the same signal.
  if (controller) cancellation.onCancel((reason) => controller.abort(reason));
  const endStage = startStage(call.report, 'upstream');
  const forget = cancellation.onCancel(endStage);
  const headers = fetch(request.url, {
    method: request.method ?? 'POST',
    headers: request.headers,
    ...(request.body === undefined ? {} : { body: request.body }),
    // A redirect would carry the credential to another host.
    redirect: 'manual',
    ...(controller ? { signal: controller.signal } : {}),
  });
  let inTime = () => {};
  const late = new Promise<never>((_, reject) => {
    inTime = call.deadlines.in(limits.headersMs, () => {
      const message = `The host ${request.name} did not answer within ${limits.headersMs / 1000} s.`;
      const failure = new ApiError('upstream_headers_timeout', message);
      reject(failure);
      controller?.abort(failure);
    });
  });
  try {
    const response = await Promise.race([headers, late]);
    call.onHeaders?.();
    if (response.ok) return response;
    throw await Promise.race([failureOf(response, request.name, call), late]);
  } finally {
    inTime();
    forget();
    endStage();
  }
}

function toFailure(error: unknown, name: string): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError('upstream_unreachable', `The connection to the host ${name} failed.`, { cause: error });
}

/** Waits within a call: wakes early, and throws, when the call is given up. */
export function sleep(milliseconds: number, { cancellation }: Call): Promise<void> {
  let wakeEarly = () => {};
  const slept = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    wakeEarly = () => clearTimeout(timer);
  });
  return cancellation.race(slept).finally(wakeEarly);
}

/** Reads an answer as JSON text that has been checked to parse; both forms, so that bytes can be passed on. */
export async function readJson(
  response: Response,
  name: string,
  mostBytes: number,
): Promise<{ text: string; json: unknown }> {
  const text = await readBoundedText(response, mostBytes, tooLarge(name, mostBytes));
  try {
    return { text, json: JSON.parse(text) };
  } catch {
    // Not kept as the cause: the message of a SyntaxError quotes the text.
    throw new ApiError('upstream_invalid_answer', `The host ${name} answered with something that is not JSON.`);
  }
}

/** Reads an answer's bytes up to a limit. */
export function readAnswer(response: Response, name: string, mostBytes: number): Promise<Uint8Array> {
  return readBounded(response, mostBytes, tooLarge(name, mostBytes));
}

function tooLarge(name: string, mostBytes: number): () => ApiError {
  return () =>
    new ApiError('upstream_answer_too_large', `The answer of the host ${name} is larger than ${mostBytes} bytes.`);
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
  const late = new AbortController();
  const inTime = call.deadlines.in(PUBLIC_LIMIT_MS, () => late.abort());
  const endStage = startStage(call.report, 'pictures');
  let url = check(address);
  try {
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      if (!url) throw refused();
      const response = await call.cancellation.race(
        fetch(url.href, {
          headers: { accept: 'image/png, image/jpeg, image/webp, image/gif' },
          redirect: 'manual',
          signal: late.signal,
        }),
      );
      if (response.ok) {
        const bytes = readBounded(response, mostBytes, () => failed(`is larger than ${mostBytes} bytes`));
        return await call.cancellation.race(bytes);
      }
      await response.body?.cancel();
      const location = response.headers.get('location');
      if (response.status < 300 || response.status >= 400 || location === null) {
        throw failed(`could not be fetched: its host answered with status ${response.status}`);
      }
      url = check(URL.parse(location, url.href)?.href ?? '');
    }
    throw failed(`redirects more than ${MOST_REDIRECTS} times`);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw failed(late.signal.aborted ? `did not arrive within ${PUBLIC_LIMIT_MS / 1000} s` : 'could not be fetched');
  } finally {
    inTime();
    endStage();
  }
}
