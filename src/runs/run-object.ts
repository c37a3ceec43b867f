import { DurableObject } from 'cloudflare:workers';
import { digest } from '../bytes/digest.ts';
import { ApiError } from '../errors.ts';
import { readBytes } from '../intake/body.ts';
import type { Route } from '../route.ts';
import { type Env, readSettings } from '../settings.ts';
import { MAX_TEXT_BYTES } from '../sizes.ts';
import { describeRun } from './describe-run.ts';
import { type Reading, readMessage } from './messages.ts';
import { runNotFound } from './run-address.ts';
import { RunLife } from './run-life.ts';
import { hasEnded, mayPass, type RunRecord, type RunTerms } from './run-record.ts';
import { answerFrom } from './send-answer.ts';
import { within } from './within.ts';

/** Headers of a request that routes read. */
const KEPT_HEADERS = ['content-type', 'accept', 'cache-control'];

/**
 * One execution of a route, recorded in a SQLite Durable Object: who comes back finds it, whoever left. The object runs the
 * same `runRoute` as the Worker does, and readers get the answer from its log.
 */
export abstract class RunObject extends DurableObject<Env> {
  protected abstract readonly routes: readonly Route[];
  #life: RunLife | undefined;
  #readers = 0;
  #keepWithoutReaders = () => {};

  /** Called when a run has ended, in the transaction that stores its end. */
  protected onEnd(_run: RunRecord): void {}

  /** POST runs a request, or joins the run of the same idempotency key. GET reads. */
  override async fetch(request: Request): Promise<Response> {
    const leave = this.#enter(request.signal);
    try {
      if (request.method === 'GET') return await this.#read(readMessage<Reading>(request), leave);
      return await this.#start(request, readMessage<RunTerms>(request), leave);
    } catch (error) {
      leave();
      if (error instanceof ApiError) return error.toResponse();
      throw error;
    }
  }

  /** @returns undefined if the caller has no such run */
  describe(caller: string, id: string) {
    const record = this.#recordOf(caller, id);
    const { length, event } = this.#opened.log;
    return record && describeRun(record, { bytes: length, lastEvent: event });
  }

  /** Closes the request to the host. What was answered until then stays. */
  async cancel(caller: string, id: string) {
    const { live } = this.#opened;
    if (live && this.#recordOf(caller, id)) {
      live.cancel(cancelled('The run was cancelled.'));
      await live.ended;
    }
    return this.describe(caller, id);
  }

  override async alarm(): Promise<void> {
    const life = this.#opened;
    const { record } = life;
    if (!record) return;
    if (hasEnded(record) && Date.now() >= record.expiresAt) {
      await this.ctx.storage.deleteAll();
      this.#life = undefined;
      return;
    }
    life.setAlarm(record);
  }

  async #start(request: Request, terms: RunTerms, leave: () => void): Promise<Response> {
    const route = this.#routeAt(terms.route);
    const { search } = new URL(request.url);
    const bytes = await readBytes(request, route.maxBytes ?? MAX_TEXT_BYTES);
    const fingerprint = `${search} ${await digest(bytes)}`;
    const life = this.#opened;
    const { record } = life;
    if (record && !mayPass(record)) {
      if (record.fingerprint !== fingerprint) throw reused();
      return this.#join(record, terms, true, leave);
    }
    const headers = KEPT_HEADERS.flatMap((name) => {
      const value = request.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    return this.#join(life.begin(terms, fingerprint, { search, headers, bytes }), terms, false, leave);
  }

  async #join(record: RunRecord, terms: RunTerms, isReplay: boolean, leave: () => void): Promise<Response> {
    const { live } = this.#opened;
    await live?.prepared;
    const isBackground = terms.isBackground || live?.asksForBackground;
    const isLater = live && isBackground && !hasEnded(record);
    if (isLater && (terms.waitMs === undefined || !(await within(live.ended, terms.waitMs)))) {
      leave();
      return this.#accepted(record, terms);
    }
    if (live && isReplay && terms.waitMs !== undefined && !(await within(live.answered, terms.waitMs))) {
      throw new ApiError(
        'run_in_progress',
        'A request with this `Idempotency-Key` is in progress. Send it again later, or without `Prefer: wait` to wait for its answer.',
        { headers: { 'retry-after': '1', 'x-run-id': record.id } },
      );
    }
    const more = isReplay ? { 'idempotent-replayed': 'true' } : live?.report.rateHeaders;
    return this.#answer(record, 0, { ...more }, leave);
  }

  async #read(reading: Reading, leave: () => void): Promise<Response> {
    const record = this.#recordOf(reading.caller, reading.id);
    if (!record) throw runNotFound();
    if (reading.what === 'result') {
      const { live } = this.#opened;
      if (live && !(await within(live.ended, reading.waitMs ?? 0))) {
        throw new ApiError(
          'run_in_progress',
          'The run has not ended. Ask again later, or send `Prefer: wait=<seconds>`.',
          {
            headers: { 'retry-after': '1' },
          },
        );
      }
      return this.#answer(record, 0, {}, leave);
    }
    await this.#opened.live?.answered;
    const { log } = this.#opened;
    if (record.answer && !record.answer.isStream) {
      throw new ApiError('run_not_a_stream', `The answer is no stream. Get it from /v1/runs/${record.id}/result.`);
    }
    const { after } = reading;
    // Of a run that was interrupted, a client can have seen more than was stored.
    if (after > log.event && record.error?.code !== 'run_interrupted') {
      const message = `The run has events up to ${log.event}: event ${after} does not exist.`;
      throw new ApiError('invalid_parameter', message, { param: 'starting_after' });
    }
    if (record.answer?.isWhole && after === log.event) {
      leave();
      // Tells an EventSource not to connect again.
      return new Response(null, { status: 204, headers: { 'x-run-id': record.id } });
    }
    return this.#answer(record, log.positionAfter(after, record.id), {}, leave);
  }

  async #answer(
    record: RunRecord,
    position: number,
    more: Record<string, string>,
    leave: () => void,
  ): Promise<Response> {
    const { live, log } = this.#opened;
    await live?.answered;
    const { answer, error } = record;
    // An answer of which a part is missing can only be continued if it is a stream.
    if (!answer || (hasEnded(record) && !answer.isWhole && !answer.isStream)) {
      const code = record.status === 'cancelled' ? 'run_cancelled' : 'run_interrupted';
      throw new ApiError(code, error?.message ?? 'The run was interrupted.', { headers: { 'x-run-id': record.id } });
    }
    this.#opened.markSeen(record);
    return answerFrom(position, log, record, { ...more, 'x-run-id': record.id }, leave);
  }

  #accepted(record: RunRecord, { caller, waitMs }: RunTerms): Response {
    const applied = waitMs === undefined ? 'respond-async' : `respond-async, wait=${waitMs / 1000}`;
    return Response.json(this.describe(caller.id, record.id), {
      status: 202,
      headers: {
        location: `/v1/runs/${record.id}`,
        'retry-after': '1',
        'preference-applied': applied,
        'x-run-id': record.id,
      },
    });
  }

  /** Counts a reader. @returns what to call when it has left */
  #enter(signal: AbortSignal): () => void {
    this.#readers++;
    this.#keepWithoutReaders();
    let isHere = true;
    const leave = () => {
      if (!isHere) return;
      isHere = false;
      if (--this.#readers === 0) this.#abandonLater();
    };
    signal.addEventListener('abort', leave, { once: true });
    return leave;
  }

  /** Whoever has lost the connection has some time to come back. */
  #abandonLater(): void {
    const { live, record } = this.#opened;
    if (!live || record?.isBackground) return;
    const { graceMs } = readSettings(this.env).runs;
    this.#keepWithoutReaders = live.in(graceMs, () =>
      live.cancel(cancelled(`The run was cancelled, because nobody had read it for ${graceMs / 1000} s.`)),
    );
  }

  get #opened(): RunLife {
    this.#life ??= new RunLife({
      ctx: this.ctx,
      env: this.env,
      routeAt: (path) => this.#routeAt(path),
      onEnd: (run) => this.onEnd(run),
    });
    return this.#life;
  }

  #recordOf(caller: string, id: string): RunRecord | undefined {
    const { record } = this.#opened;
    return record?.id === id && record.caller.id === caller ? record : undefined;
  }

  #routeAt(path: string): Route {
    const route = this.routes.find((route) => route.path === path && route.method === 'POST');
    if (!route) throw new Error('The route of the run does not exist.');
    return route;
  }
}

function cancelled(message: string): ApiError {
  return new ApiError('run_cancelled', message, { headers: { 'x-should-retry': 'false' } });
}

function reused(): ApiError {
  return new ApiError(
    'idempotency_key_reused',
    'This `Idempotency-Key` was used with another request. Send a new key with each new request.',
    { param: 'Idempotency-Key' },
  );
}
