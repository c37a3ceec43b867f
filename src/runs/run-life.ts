import { ApiError } from '../base/errors.ts';
import { logRequest } from '../call/log.ts';
import { newReport, type Report } from '../call/report.ts';
import type { Route } from '../route.ts';
import { type Env, readSettings } from '../settings/settings.ts';
import { EventLog } from './event-log.ts';
import { Execution } from './execution.ts';
import { admitToList, removeFromList, updateList } from './run-lists.ts';
import { hasEnded, newRecord, type RunError, type RunRecord, type StartCommand } from './run-record.ts';
import { RunStore, type StoredRequest } from './run-store.ts';

/** How often the platform asks whether a run in the background is still alive. */
const WATCH_MS = 10_000;
/** Longer than any run that is not in the background. */
const FOREGROUND_WATCH_MS = 660_000;
/** How often a run is started. */
const MAX_ATTEMPTS = 2;
/** Readers are told that the connection is alive: see stream/relay.ts. */
const KEEPALIVE_MS = 15_000;

/** What the object of a run provides. */
export interface RunLifeDeps {
  readonly ctx: DurableObjectState;
  readonly env: Env;
  routeAt(path: string): Route;
}

/**
 * The life of a run: begun, executed, stored, ended, and taken up by the next process.
 *
 * Nothing is written before the answer begins, except in the background: a write holds back whatever is sent, until it is
 * stored.
 */
export class RunLife {
  record: RunRecord | undefined;
  log: EventLog;
  /** Set while the run is executed in this process. */
  live: Execution | undefined;
  readonly #host: RunLifeDeps;
  readonly #store: RunStore;
  #isAlarmSet = false;

  /** Loads what an earlier process stored. */
  constructor(host: RunLifeDeps) {
    this.#host = host;
    this.#store = new RunStore(host.ctx.storage.sql);
    this.log = this.#newLog();
    this.record = this.#store.load();
    const { record } = this;
    if (!record) return;
    this.#isAlarmSet = true;
    this.log.open();
    if (hasEnded(record)) {
      this.log.end();
      // The process that ended it may have died before the list heard of it.
      if (record.isListed) host.ctx.waitUntil(updateList(record, host.env));
    } else if (record.isBackground && !record.isSeen && record.attempts < MAX_ATTEMPTS) this.#executeAgain(record);
    else this.#endInterrupted(record);
  }

  /** Begins the run of a request. What is left of an earlier one of the same key is forgotten. */
  begin(command: StartCommand, fingerprint: string, request: StoredRequest): RunRecord {
    const earlier = this.record;
    if (earlier) {
      this.log.abandon();
      this.#store.forgetAnswer();
      this.#store.forgetRequest();
      this.log = this.#newLog();
    }
    this.record = newRecord(command, fingerprint, readSettings(this.#host.env).runs.keepMs, earlier?.id);
    this.#execute(this.record, request, earlier);
    return this.record;
  }

  setAlarm(record: RunRecord): void {
    this.#isAlarmSet = true;
    const watchMs = record.isBackground ? WATCH_MS : FOREGROUND_WATCH_MS;
    const endAt = record.isUnannounced ? Date.now() : record.expiresAt;
    void this.#host.ctx.storage.setAlarm(hasEnded(record) ? endAt : Date.now() + watchMs);
  }

  /** The request, if it is kept. */
  keptRequest(): StoredRequest | undefined {
    return this.#store.keptRequest();
  }

  /** Its end was announced. */
  markAnnounced(record: RunRecord): void {
    delete record.isUnannounced;
    delete record.followUp;
    this.#save(record);
  }

  /** A reader gets a part of the answer: from now on it cannot be made anew. */
  markSeen(record: RunRecord): void {
    if (record.isSeen) return;
    record.isSeen = true;
    if (this.#store.hasTables) this.#save(record);
  }

  /** @param replaced the run whose place in this object the run takes: it is not found any more */
  #execute(record: RunRecord, request: StoredRequest, replaced?: RunRecord): void {
    const { ctx, env, routeAt } = this.#host;
    const live = new Execution(request, {
      ...{ route: routeAt(record.route), record, log: this.log, env },
      waitUntil: (work) => ctx.waitUntil(work),
      // The request is a parameter, so that nothing keeps it after that.
      onPrepared: async (request) => {
        if (replaced?.isListed) await removeFromList(replaced, env);
        if (record.isListed && record.attempts === 0) await admitToList(record, env);
        record.status = 'in_progress';
        record.startedAt = Date.now();
        record.attempts++;
        if (!record.isBackground && !record.keepsRequest) return;
        if (record.attempts === 1) this.#store.keepRequest(request);
        this.#save(record);
        this.setAlarm(record);
      },
      onEnd: () => this.#onExecuted(record, live),
    });
    this.live = live;
    const keepAlive = () => {
      this.log.wake(true);
      live.in(KEEPALIVE_MS, keepAlive);
    };
    void live.answered.then(() => live.in(KEEPALIVE_MS, keepAlive));
  }

  #onExecuted(record: RunRecord, { report, error, cancelledBy }: Execution): void {
    this.live = undefined;
    const { model, target, tokens, images, timings } = report;
    Object.assign(record, { model, target, tokens, images, timings });
    const isRefused = error !== undefined && report.attempts === 0 && !cancelledBy;
    // No host was asked and nobody was promised anything: what is refused a million times must not be stored a million times.
    if (isRefused && !this.#store.hasTables && !(record.isListed && record.attempts > 0)) this.#forget(record, error);
    else this.#end(record, cancelledBy?.code === 'run_cancelled' ? 'cancelled' : error ? 'failed' : 'completed', error);
    logRun(record, report);
  }

  /** Those who wait for it still get its answer, from memory. */
  #forget(record: RunRecord, error: RunError): void {
    Object.assign(record, { status: 'failed', endedAt: Date.now(), error });
    this.log.end();
    this.record = undefined;
    this.log = this.#newLog();
  }

  #end(record: RunRecord, status: RunRecord['status'], error: RunError | undefined): void {
    const { ctx, env } = this.#host;
    record.status = status;
    record.endedAt = Date.now();
    if (record.isBackground) record.isUnannounced = true;
    if (error) record.error = error;
    // With the record, in one transaction.
    this.log.flush();
    this.#save(record);
    if (!record.keepsRequest) this.#store.forgetRequest();
    this.setAlarm(record);
    this.log.end();
    if (record.isListed) ctx.waitUntil(updateList(record, env));
  }

  #endInterrupted(record: RunRecord): void {
    const message = 'The run was interrupted. What was recorded until then can be read.';
    this.#end(record, 'failed', new ApiError('run_interrupted', message).body.error);
    logRun(record, { ...newReport(), error: 'run_interrupted' });
  }

  /** A run in the background that was interrupted, and of which nobody has seen anything. */
  #executeAgain(record: RunRecord): void {
    const request = this.#store.keptRequest();
    if (!request) {
      this.#endInterrupted(record);
      return;
    }
    this.#store.forgetAnswer();
    this.log = this.#newLog();
    delete record.answer;
    record.status = 'queued';
    this.#execute(record, request);
  }

  #newLog(): EventLog {
    return new EventLog(this.#host.ctx.storage.sql, () => {
      if (this.record) this.#save(this.record);
    });
  }

  #save(record: RunRecord): void {
    this.#store.save(record);
    if (!this.#isAlarmSet) this.setAlarm(record);
  }
}

/** The line of a run in the log, beside that of the request that started it. */
function logRun(record: RunRecord, report: Report): void {
  const { id, requestId, caller, route, answer, startedAt = record.createdAt, endedAt = startedAt } = record;
  const milliseconds = endedAt - startedAt;
  const status = answer?.status ?? 500;
  logRequest({
    method: 'RUN',
    route,
    requestId,
    caller: caller.id,
    status,
    report: { ...report, run: id },
    milliseconds,
  });
}
