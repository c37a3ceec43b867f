import type { LargeBody } from '../../base/bytes/placeholders.ts';
import type { ApiError } from '../../base/errors.ts';
import { USER_AGENT } from '../../base/user-agent.ts';
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
  /** Knows other ways to write it: see adapted.ts. */
  readonly adaptation?: Adaptation;
}

/** Other ways to write a request. */
export interface Adaptation {
  /** The request to send once more, if a failure says what this host does not take. */
  instead(failure: UpstreamFailure): UpstreamRequest | undefined;
  /** Called when the request has been answered well. */
  accepted(): void;
}

/**
 * Sends a request to a host of the operator's, reads its 2xx answer with `read`, and repeats what is safe to
 * repeat: nothing has reached the caller until `read` returns.
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
  let current = request;
  let first: UpstreamFailure | undefined;
  for (let count = 1; ; ) {
    try {
      const answer = await tryOnce(current, call, read);
      current.adaptation?.accepted();
      return answer;
    } catch (error) {
      if (call.cancellation.reason) throw call.cancellation.reason;
      const failure = asFailure(error, request.name);
      if (!(failure instanceof UpstreamFailure) || request.isSpent) throw failure;
      const other = current.adaptation?.instead(failure);
      if (other) {
        current = other;
        first ??= failure;
        continue;
      }
      const delay = retryDelay(failure, { count, since, waited, once: request.once === true }, call);
      // Of a request that is rejected in every way, the caller knows only the first one.
      if (delay === undefined) throw first && failure.reason === first.reason ? first : failure;
      await sleep(delay, call);
      waited += delay;
      count++;
    }
  }
}

/**
 * One promise for the try, its cancellation and its time limit: each more would cost a hundredth of a
 * pass-through request.
 */
function tryOnce<T>(request: UpstreamRequest, call: Call, read: (response: Response) => T | Promise<T>): Promise<T> {
  const { cancellation, deadlines, limits, outcome, report } = call;
  if (cancellation.reason) return Promise.reject(cancellation.reason);
  outcome.addAttempt();
  // workerd closes what is still open when the request ends: only what can end earlier or later needs a
  // signal, and signals cost CPU in every request.
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
      headers: 'user-agent' in request.headers ? request.headers : { ...USER_AGENT, ...request.headers },
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
