import { noNeeds } from '../access/needs.ts';
import { type ApiError, toApiError } from '../base/errors.ts';
import { type Call, deriveCall, type RequestContext, startCall } from '../call/call.ts';
import { Outcome } from '../call/outcome.ts';
import { newReport, reportFailure } from '../call/report.ts';
import { addReportHeaders } from '../call/report-headers.ts';
import { BACKGROUND_TIME_LIMITS, TIME_LIMITS } from '../call/time-limits.ts';
import { isEventStream } from '../hosts/stream/sse.ts';
import { type Route, runRoute, tasksOf } from '../route.ts';
import { type Env, readSettings } from '../settings/settings.ts';
import { takeBackground } from './background.ts';
import type { EventLog } from './event-log.ts';
import { readIntake } from './read-intake.ts';
import { recordAnswer } from './record-answer.ts';
import type { RecordedAnswer, RunError, RunRecord } from './run-record.ts';
import type { StoredRequest } from './run-store.ts';

export interface ExecutionDeps {
  readonly route: Route;
  readonly record: RunRecord;
  readonly log: EventLog;
  readonly env: Env;
  waitUntil(work: Promise<unknown>): void;
  /** Before a host is asked. @throws ApiError if the run is not admitted */
  onPrepared(request: StoredRequest): Promise<void>;
  /** When all is recorded that there is. */
  onEnd(): void;
}

/** One execution of a route that goes on in this process, and is recorded. */
export class Execution {
  readonly outcome = new Outcome();
  readonly report = newReport();
  /** What the run ended with, if it failed. */
  error: RunError | undefined;
  /** Whether the body asks for an answer later. */
  asksForBackground = false;
  /** Settles when the run is admitted, or has ended. */
  get prepared(): Promise<void> {
    return this.#preparing.promise;
  }
  /** Settles when status and headers of the answer are known. */
  get answered(): Promise<void> {
    return this.#answering.promise;
  }
  /** Settles when all is recorded that there is. */
  get ended(): Promise<void> {
    return this.#ending.promise;
  }
  /** Why it was cancelled: by its caller, or because nobody reads it. */
  cancelledBy: ApiError | undefined;
  readonly #deps: ExecutionDeps;
  /** Until it is parsed: it can have 14 MB. */
  #request: StoredRequest | undefined;
  #call: Call | undefined;
  readonly #preparing = Promise.withResolvers<void>();
  readonly #answering = Promise.withResolvers<void>();
  readonly #ending = Promise.withResolvers<void>();

  constructor(request: StoredRequest, deps: ExecutionDeps) {
    this.#request = request;
    this.#deps = deps;
  }

  /** Runs the route. While that is pending, the platform keeps the object in memory. */
  start(): void {
    this.#deps.waitUntil(this.#run());
  }

  /** Closes the request to the host. */
  cancel(reason: ApiError): void {
    this.cancelledBy ??= reason;
    this.#call?.cancellation.cancel(reason);
  }

  /** Calls `pass` after a time, unless the run has ended. @returns a function that removes it */
  in(milliseconds: number, pass: () => void): () => void {
    return this.#call?.deadlines.in(milliseconds, pass) ?? (() => {});
  }

  async #run(): Promise<void> {
    const { record, onEnd } = this.#deps;
    this.outcome.setRun(record.id);
    try {
      await this.#record(await this.#answer().catch((error: unknown) => this.#answerError(error)));
    } catch (error) {
      // The body broke: what a host sent is incomplete.
      const failure = toApiError(this.#call?.cancellation.reason ?? error);
      this.error = failure.body.error;
      this.outcome.fail(failure.code);
      if (!record.answer) this.#answerInstead(failure);
    } finally {
      // What is still set would keep the object in memory, and what comes later must set nothing.
      this.#call?.deadlines.close();
      this.#call = undefined;
      onEnd();
      this.#preparing.resolve();
      this.#answering.resolve();
      this.#ending.resolve();
    }
  }

  /**
   * Records an answer, and lets readers have it: events and sound as they come, so that nobody waits for the
   * last of them; anything else when it is whole, since until then it can break off, or be too large, and
   * then the answer is an error.
   */
  async #record(response: Response): Promise<void> {
    const { record, log, env } = this.#deps;
    addReportHeaders(response.headers, this);
    const type = response.headers.get('content-type') ?? '';
    const answer = recordedAnswer(response, isEventStream(response));
    const publish = () => {
      record.answer = answer;
      record.isSeen ||= !record.isBackground;
      this.#answering.resolve();
    };
    if (answer.isStream || /^audio\//i.test(type)) publish();
    const { maxBytes } = readSettings(env).runs;
    const cancel = (reason: ApiError) => this.cancel(reason);
    const isStream = answer.isStream;
    const complete = await recordAnswer(response, {
      outcome: this.outcome,
      maxBytes,
      id: record.id,
      isStream,
      log,
      cancel,
    });
    const error = complete();
    this.error ??= error;
    answer.isWhole = true;
    publish();
  }

  /** An answer of which readers have seen nothing broke. */
  #answerInstead(failure: ApiError): void {
    const { record, log } = this.#deps;
    const response = failure.toResponse();
    addReportHeaders(response.headers, this);
    log.clear();
    log.addBytes(new TextEncoder().encode(JSON.stringify(failure.body)));
    record.answer = { ...recordedAnswer(response, false), isWhole: true };
  }

  async #answer(): Promise<Response> {
    const { route, record, env, waitUntil } = this.#deps;
    const { headers, body } = await this.#prepare();
    if (this.cancelledBy) throw this.cancelledBy;
    const { input, ...rest } = body;
    // Of this attempt: an earlier one may have been interrupted.
    record.needs = noNeeds();
    const context: RequestContext = {
      requestId: record.requestId,
      caller: record.caller,
      isCounted: record.isCounted,
      settings: readSettings(env),
      outcome: this.outcome,
      report: this.report,
      needs: record.needs,
      env,
      params: record.params,
      headers,
      url: () => record.origin,
      // The reader that leaves does not stop a run.
      client: () => new AbortController().signal,
      waitUntil,
      ...rest,
    };
    const limits = record.isBackground ? BACKGROUND_TIME_LIMITS : TIME_LIMITS[tasksOf(route)?.[0] ?? 'none'];
    const call = startCall(context, limits);
    // A part, so that every request to a host has a signal: no client's leaving closes it.
    this.#call = deriveCall(call, { cancellation: call.cancellation.part() });
    this.#preparing.resolve();
    return runRoute(route, input, this.#call);
  }

  /** Parses the request, and asks for admission. */
  async #prepare() {
    const { route, record, onPrepared } = this.#deps;
    const request = this.#request as StoredRequest;
    const headers = new Headers(request.headers as [string, string][]);
    const intake = await readIntake(route, request, headers);
    const canWait = tasksOf(route) && !route.startsRuns;
    const { isBackground, body } = canWait ? takeBackground(intake) : { isBackground: false, body: intake };
    this.asksForBackground = isBackground;
    if (isBackground) record.isBackground = record.isListed = true;
    await onPrepared(request);
    this.#request = undefined;
    return { headers, body };
  }

  #answerError(error: unknown): Response {
    const failure = reportFailure(this, error);
    this.error = failure.body.error;
    return failure.toResponse();
  }
}

function recordedAnswer({ status, headers }: Response, isStream: boolean): RecordedAnswer {
  return { status, headers: [...headers], isStream, isWhole: false };
}
