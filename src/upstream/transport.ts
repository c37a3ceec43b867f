import { declaredLength, readBounded, readBoundedText, readChunks } from '../bytes/bounded-body.ts';
import type { LargeBody } from '../bytes/placeholders.ts';
import { type Call, followClient } from '../call/call.ts';
import { startStage } from '../call/report.ts';
import { sleep } from '../call/sleep.ts';
import { ApiError } from '../errors.ts';
import { invalidAnswer, UpstreamFailure } from './failure.ts';
import { failureOf } from './rejection.ts';
import { retryDelay } from './retry.ts';

/** A request to a host. `name` is the host's name in errors and logs. */
export interface UpstreamRequest {
  readonly name: string;
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers: Record<string, string>;
  readonly body?: string | LargeBody;
  /** Its answer is passed on while it arrives: it is aborted when the client leaves. */
  readonly streamed?: boolean;
  /** A repeat could be run, and paid, twice: it is only repeated if the host refused it. */
  readonly once?: boolean;
}

/**
 * The only place that calls `fetch`. Sends a request, reads its 2xx answer with `read`, and repeats what is safe to repeat:
 * nothing has reached the caller until `read` returns.
 *
 * @throws UpstreamFailure, or ApiError `upstream_total_timeout` or `client_closed_request`
 */
export async function send<T>(
  request: UpstreamRequest,
  call: Call,
  read: (response: Response) => T | Promise<T>,
): Promise<T> {
  if (request.streamed) followClient(call);
  const since = Date.now();
  let waited = 0;
  for (let count = 1; ; count++) {
    try {
      return await tryOnce(request, call, read);
    } catch (error) {
      if (call.cancellation.reason) throw call.cancellation.reason;
      const failure = toFailure(error, request.name);
      const tries = { count, since, waited, once: request.once === true };
      const delay = failure instanceof UpstreamFailure ? retryDelay(failure, tries, call) : undefined;
      if (delay === undefined) throw failure;
      await sleep(delay, call);
      waited += delay;
    }
  }
}

/** One promise for the try, its cancellation and its time limit: each more would cost a hundredth of a pass-through request. */
function tryOnce<T>(request: UpstreamRequest, call: Call, read: (response: Response) => T | Promise<T>): Promise<T> {
  const { cancellation, deadlines, limits, report } = call;
  if (cancellation.reason) return Promise.reject(cancellation.reason);
  report.attempts++;
  // workerd closes what is still open when the request ends: only what can end earlier or later needs a signal, which
  // costs 0.3 of a pass-through request.
  const controller = request.streamed || cancellation.isPart ? new AbortController() : undefined;
  const endStage = startStage(report, 'upstream');
  return new Promise((resolve, reject) => {
    // The signal stays after the headers: the body is given up by it, too.
    const forget = cancellation.onCancel((reason) => {
      controller?.abort(reason);
      endStage();
      reject(reason);
    });
    const removeLimit = deadlines.in(limits.headersMs, () => {
      const message = `The host ${request.name} did not answer within ${limits.headersMs / 1000} s.`;
      const failure = new UpstreamFailure('headers-timeout', message);
      controller?.abort(failure);
      endStage();
      reject(failure);
    });
    const answer = async (response: Response) => {
      // The body of an error counts as part of the wait for an answer.
      if (!response.ok) throw await failureOf(response, request.name, call);
      removeLimit();
      endStage();
      return read(response);
    };
    const fail = (error: unknown) => {
      removeLimit();
      endStage();
      reject(error);
    };
    fetch(request.url, {
      method: request.method ?? 'POST',
      headers: request.headers,
      ...(request.body === undefined ? {} : { body: bodyOf(request.body) }),
      // A redirect would carry the credential to another host.
      redirect: 'manual',
      ...(controller ? { signal: controller.signal } : {}),
    })
      .then(answer)
      .then((result) => {
        if (!controller) forget();
        resolve(result);
      }, fail);
  });
}

function bodyOf(body: string | LargeBody): BodyInit {
  return typeof body === 'string' ? body : body.stream();
}

function toFailure(error: unknown, name: string): ApiError {
  if (error instanceof ApiError) return error;
  return new UpstreamFailure('unreachable', `The connection to the host ${name} failed.`, { cause: error });
}

/** Reads an answer as JSON text that has been checked to parse. Returns both forms, so that the text can be passed on. */
export async function readJson(
  response: Response,
  name: string,
  maxBytes: number,
): Promise<{ text: string; json: unknown }> {
  const text = await readBoundedText(response, maxBytes, tooLarge(name, maxBytes));
  return { text, json: parseAnswer(text, name) };
}

/** @throws UpstreamFailure `invalid-answer` */
export function parseAnswer(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not kept as the cause: the message of a SyntaxError quotes the text.
    throw invalidAnswer(name, 'with something that is not JSON');
  }
}

/** Reads the bytes of an answer up to a limit. */
export function readAnswer(response: Response, name: string, maxBytes: number): Promise<Uint8Array> {
  return readBounded(response, maxBytes, tooLarge(name, maxBytes));
}

function tooLarge(name: string, maxBytes: number): () => UpstreamFailure {
  return () =>
    new UpstreamFailure('answer-too-large', `The answer of the host ${name} is larger than ${maxBytes} bytes.`);
}

/** Reads a body while it is admitted. @returns undefined if it was given up */
async function readAdmitted(
  response: Response,
  maxBytes: number,
  tooLarge: () => Error,
  admit: (bytes: number) => boolean,
): Promise<Uint8Array | undefined> {
  const declared = declaredLength(response);
  if (declared !== undefined) {
    if (declared <= maxBytes && !admit(declared)) {
      await response.body?.cancel();
      return undefined;
    }
    return readBounded(response, maxBytes, tooLarge);
  }
  if (!response.body) return new Uint8Array();
  let isRefused = false;
  try {
    return await readChunks(response.body, maxBytes, tooLarge, (bytes) => {
      isRefused = !admit(bytes);
      if (isRefused) throw tooLarge();
    });
  } catch (error) {
    if (isRefused) return undefined;
    throw error;
  }
}

/** How a URL that is not the operator's is fetched: see `fetchPublic`. */
export interface PublicFetch {
  /** The guard. Checks the first URL and every redirect. */
  readonly check: (url: string) => URL | undefined;
  /** Asked before bytes of the body are read: all that are declared, or chunk by chunk. False gives the body up. */
  readonly admit: (bytes: number) => boolean;
  readonly maxBytes: number;
  readonly refused: () => ApiError;
  readonly failed: (what: string) => ApiError;
}

const PUBLIC_LIMIT_MS = 10_000;
const MAX_REDIRECTS = 3;

/**
 * Fetches what a caller named, without credentials, within 10 s. Only follows redirects that pass the guard.
 *
 * @returns undefined if the body was not admitted
 */
export async function fetchPublic(
  url: string,
  call: Call,
  { check, admit, maxBytes, refused, failed }: PublicFetch,
): Promise<Uint8Array | undefined> {
  const late = new AbortController();
  const removeLimit = call.deadlines.in(PUBLIC_LIMIT_MS, () => late.abort());
  const forget = call.cancellation.onCancel(() => late.abort());
  const endStage = startStage(call.report, 'pictures');
  let next = check(url);
  try {
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      if (!next) throw refused();
      const response = await call.cancellation.race(
        fetch(next.href, {
          headers: { accept: 'image/png, image/jpeg, image/webp, image/gif' },
          redirect: 'manual',
          signal: late.signal,
        }),
      );
      if (response.ok) {
        const tooLarge = () => failed(`is larger than ${maxBytes} bytes`);
        return await call.cancellation.race(readAdmitted(response, maxBytes, tooLarge, admit));
      }
      await response.body?.cancel();
      const location = response.headers.get('location');
      if (response.status < 300 || response.status >= 400 || location === null) {
        throw failed(`could not be fetched: its host answered with status ${response.status}`);
      }
      next = check(URL.parse(location, next.href)?.href ?? '');
    }
    throw failed(`redirects more than ${MAX_REDIRECTS} times`);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw failed(late.signal.aborted ? `did not arrive within ${PUBLIC_LIMIT_MS / 1000} s` : 'could not be fetched');
  } finally {
    removeLimit();
    forget();
    endStage();
  }
}
