import type { LargeBody } from '../../base/bytes/placeholders.ts';
import type { ApiError } from '../../base/errors.ts';
import { type Call, followClient } from '../../call/call.ts';
import { startStage } from '../../call/report.ts';
import { sleep } from '../../call/sleep.ts';
import { unknownEncoding } from './answer.ts';
import { asFailure, invalidAnswer, UpstreamFailure } from './failure.ts';
import { ErrorAnswer } from './host-error.ts';
import { failureOf, failureSaid } from './rejection.ts';
import { retryDelay } from './retry.ts';

/** Text, bytes, or what is written while it is sent. */
export type UpstreamBody = string | Uint8Array | Pick<LargeBody, 'stream'>;

/** A request to a host. `name` is the host's name in errors and logs. */
export interface UpstreamRequest {
  readonly name: string;
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers: Record<string, string>;
  readonly body?: UpstreamBody;
  /** Its answer is passed on while it arrives: it is aborted when the client leaves. */
  readonly streamed?: boolean;
  /** A repeat could be run, and paid, twice: it is only repeated if the host refused it. */
  readonly once?: boolean;
  /** Its body is gone once it was sent: it is never repeated. */
  readonly isSpent?: boolean;
  /** Settles when its body is sent, if that takes long: only then the host has to answer in time. */
  readonly sent?: Promise<void>;
}

/**
 * Sends a request to a host of the operator's, reads its 2xx answer with `read`, and repeats what is safe to repeat:
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
  const since = call.waited?.since ?? Date.now();
  let waited = call.waited?.milliseconds ?? 0;
  for (let count = 1; ; count++) {
    try {
      return await tryOnce(request, call, read);
    } catch (error) {
      if (call.cancellation.reason) throw call.cancellation.reason;
      const failure = asFailure(error, request.name);
      const tries = { count, since, waited, once: request.once === true };
      const canRepeat = failure instanceof UpstreamFailure && !request.isSpent;
      const delay = canRepeat ? retryDelay(failure, tries, call) : undefined;
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
  // workerd closes what is still open when the request ends: only what can end earlier or later needs a signal, and
  // signals cost CPU in every request.
  const controller = request.streamed || cancellation.isPart ? new AbortController() : undefined;
  const endStage = startStage(report, 'upstream');
  return new Promise((resolve, reject) => {
    let isOver = false;
    const giveUp = (reason: ApiError) => {
      isOver = true;
      controller?.abort(reason);
      endStage();
      reject(reason);
    };
    // It stays after the headers: the body of a stream is given up by the same signal.
    const forget = cancellation.onCancel(giveUp);
    let removeLimit = () => {};
    const startLimit = () => {
      if (isOver) return;
      removeLimit = deadlines.in(limits.headersMs, () => {
        const message = `The host ${request.name} did not answer within ${limits.headersMs / 1000} s.`;
        giveUp(new UpstreamFailure('headers-timeout', message));
      });
    };
    if (request.sent) void request.sent.then(startLimit);
    else startLimit();
    let headers: Headers | undefined;
    const answer = async (response: Response) => {
      headers = response.headers;
      if (isOver) return response.body?.cancel() as never;
      const encoding = unknownEncoding(response);
      if (encoding !== undefined && response.ok) {
        await response.body?.cancel();
        throw invalidAnswer(request.name, `in the encoding ${encoding}, which this Worker cannot read`);
      }
      // The body of an error counts as part of the wait for an answer.
      if (!response.ok) throw await failureOf(response, request.name, call);
      isOver = true;
      removeLimit();
      endStage();
      return read(response);
    };
    const fail = (error: unknown) => {
      isOver = true;
      removeLimit();
      endStage();
      reject(error instanceof ErrorAnswer ? failureSaid(error.said, request.name, call, headers) : error);
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

function bodyOf(body: UpstreamBody): BodyInit {
  return typeof body === 'string' || body instanceof Uint8Array ? body : body.stream();
}
