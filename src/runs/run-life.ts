import { ApiError } from '../base/errors.ts';
import { Outcome } from '../call/outcome.ts';
import { newReport } from '../call/report.ts';
import type { Route } from '../route.ts';
import { type Env, readSettings } from '../settings/settings.ts';
import { alarmTime } from './alarm-time.ts';
import { EventLog } from './event-log.ts';
import { Execution } from './execution.ts';
import { logRun } from './log-run.ts';
import { admitToList, removeFromList, updateList } from './run-lists.ts';
import { hasEnded, newRecord, type RunError, type RunRecord, type StartCommand } from './run-record.ts';
import { RunStore, type StoredRequest } from './run-store.ts';

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
 * Nothing is written before the answer begins, except in the background: a write holds back whatever is sent,
 * until it is stored.
 */
export class RunLife {
  record: RunRecord | undefined;
  log: EventLog;
  /** Set while the run is executed in this process. */
  live: Execution | undefined;
  readonly #deps: RunLifeDeps;
  readonly #store: RunStore;
  #isAlarmSet = false;

  private constructor(deps: RunLifeDeps) {
    this.#deps = deps;
    this.#store = new RunStore(deps.ctx.storage.sql);
    this.log = this.#newLog(undefined);
  }

  /** Loads what an earlier process stored. A run that it left behind ends, or is executed again. */
  static open(deps: RunLifeDeps): RunLife {
    const life = new RunLife(deps);
    const record = life.#store.load();
    if (record) life.#resume(record);
    return life;
  }

  #resume(record: RunRecord): void {
    const { ctx, env } = this.#deps;
    this.record = record;
    this.#isAlarmSet = true;
    this.log = this.#newLog(record);
    this.log.open();
    if (hasEnded(record)) {
      this.log.end();
      // The process that ended it may have died before the list heard of it.
      if (record.isListed) ctx.waitUntil(updateList(record, env));
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
    }
    this.record = newRecord(command, fingerprint, readSettings(this.#deps.env).runs.keepMs, earlier?.id);
    this.log = this.#newLog(this.record);
    this.#execute(this.record, request, earlier);
    return this.record;
  }

  setAlarm(record: RunRecord): void {
    this.#isAlarmSet = true;
    void this.#deps.ctx.storage.setAlarm(alarmTime(record));
  }

  /** The request, if it is kept. */
  keptRequest(): StoredRequest | undefined {
    return this.#store.keptRequest();
  }

  /** Its end was announced. */
  markNotified(record: RunRecord): void {
    record.endNotified = true;
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
    const { ctx, env, routeAt } = this.#deps;
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
    live.start();
    const keepAlive = () => {
      this.log.wake(true);
      live.in(KEEPALIVE_MS, keepAlive);
    };
    void live.answered.then(() => live.in(KEEPALIVE_MS, keepAlive));
  }

  #onExecuted(record: RunRecord, { outcome, report, error, cancelledBy }: Execution): void {
    this.live = undefined;
    const { model, target, timings } = report;
    const { tokens, images } = outcome;
    Object.assign(record, { model, target, tokens, images, timings });
    const isRefused = error !== undefined && outcome.attempts === 0 && !cancelledBy;
    // No host was asked and nobody was promised anything: what is refused a million times must not be stored
    // a million times.
    if (isRefused && !this.#store.hasTables && !(record.isListed && record.attempts > 0)) this.#forget(record, error);
    else this.#end(record, cancelledBy?.code === 'run_cancelled' ? 'cancelled' : error ? 'failed' : 'completed', error);
    logRun(record, { outcome, report });
  }

  /** Those who wait for it still get its answer, from memory. */
  #forget(record: RunRecord, error: RunError): void {
    Object.assign(record, { status: 'failed', endedAt: Date.now(), error });
    this.log.end();
    this.record = undefined;
    this.log = this.#newLog(undefined);
  }

  #end(record: RunRecord, status: RunRecord['status'], error: RunError | undefined): void {
    const { ctx, env } = this.#deps;
    record.status = status;
    record.endedAt = Date.now();
    if (record.isBackground) record.endNotified = false;
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
    const outcome = new Outcome();
    outcome.setRun(record.id);
    const { error } = outcome.failWith(new ApiError('run_interrupted', message)).body;
    this.#end(record, 'failed', error);
    logRun(record, { outcome, report: newReport() });
  }

  /** A run in the background that was interrupted, and of which nobody has seen anything. */
  #executeAgain(record: RunRecord): void {
    const request = this.#store.keptRequest();
    if (!request) {
      this.#endInterrupted(record);
      return;
    }
    this.#store.forgetAnswer();
    this.log = this.#newLog(record);
    delete record.answer;
    record.status = 'queued';
    this.#execute(record, request);
  }

  /** @param record of the run whose answer the log is: nothing is written of an answer without one */
  #newLog(record: RunRecord | undefined): EventLog {
    return new EventLog(this.#deps.ctx.storage.sql, () => {
      if (record) this.#save(record);
    });
  }

  #save(record: RunRecord): void {
    this.#store.save(record);
    if (!this.#isAlarmSet) this.setAlarm(record);
  }
}
