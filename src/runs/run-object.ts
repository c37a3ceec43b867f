import { DurableObject } from 'cloudflare:workers';
import { OPERATOR } from '../access/caller.ts';
import { digest } from '../base/bytes/digest.ts';
import { ApiError } from '../base/errors.ts';
import { MAX_TEXT_BYTES } from '../base/sizes.ts';
import { readBytes } from '../intake/body.ts';
import { isWrite, type Route } from '../route.ts';
import { type Env, readSettings } from '../settings/settings.ts';
import { joinRun, readEvents, readRequest, readResult } from './answer-run.ts';
import { describeRun } from './describe-run.ts';
import { CONTEXT_HEADER, type ReadCommand, readMessage } from './messages.ts';
import { Readers } from './readers.ts';
import { runNotFound } from './run-address.ts';
import { announcing, cancelled, reused } from './run-errors.ts';
import { RunLife } from './run-life.ts';
import { removeFromList } from './run-lists.ts';
import { hasEnded, isRetryable, type RunRecord, type RunStatus, type StartCommand } from './run-record.ts';
import type { Sent } from './send-answer.ts';

/** Headers of a request that routes read. */
const KEPT_HEADERS = ['content-type', 'accept', 'cache-control', CONTEXT_HEADER];
const READ = { events: readEvents, result: readResult, request: readRequest };
/** The platform itself repeats an alarm that fails only six times. */
const ANNOUNCE_AGAIN_MS = 10_000;

/**
 * One execution of a route, recorded in a SQLite Durable Object: a client that lost its connection finds it
 * again. The object runs the same `runRoute` as the Worker does, and readers get the answer from its log.
 */
export abstract class RunObject extends DurableObject<Env> {
  protected abstract readonly routes: readonly Route[];
  #life: RunLife | undefined;
  readonly #readers = new Readers(() => this.#abandonLater());

  /**
   * Called when a run in the background has ended and its end is stored, and again until it resolves: at
   * least once.
   *
   * @param _answer reads the body of the answer as text
   */
  protected async onEnd(_run: RunRecord, _answer: () => string): Promise<void> {}

  /** POST runs a request, or joins the run of the same idempotency key. GET reads. */
  override async fetch(request: Request): Promise<Response> {
    const leave = this.#readers.enter(request.signal);
    try {
      const { response, done } =
        request.method === 'GET'
          ? await this.#read(readMessage<ReadCommand>(request))
          : await this.#start(request, readMessage<StartCommand>(request));
      if (done) void done.then(leave);
      else leave();
      return response;
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

  /** For the list of its caller. */
  async statusOf(id: string): Promise<RunStatus | 'not found'> {
    // Loading the object may have executed the run again.
    await this.#opened.live?.prepared;
    const { record } = this.#opened;
    return record?.id === id ? record.status : 'not found';
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

  /**
   * Cancels the run if it goes on, and forgets everything of it.
   *
   * @returns whether the caller had such a run
   */
  async remove(caller: string, id: string): Promise<boolean> {
    if (!(await this.cancel(caller, id))) return false;
    const life = this.#opened;
    const { record } = life;
    if (record?.endNotified === false && !(await this.#announce(record, life))) throw announcing();
    if (record?.isListed) await removeFromList(record, this.env);
    // A new run of the same key may have replaced it meanwhile: then nothing of it is left to delete.
    if (life.record === record) {
      await this.ctx.storage.deleteAlarm();
      await this.ctx.storage.deleteAll();
      this.#life = undefined;
    }
    return true;
  }

  override async alarm(): Promise<void> {
    const life = this.#opened;
    const ended = life.record;
    if (ended?.endNotified === false && !(await this.#announce(ended, life)) && Date.now() < ended.expiresAt) {
      return this.ctx.storage.setAlarm(Date.now() + ANNOUNCE_AGAIN_MS);
    }
    const { record } = life;
    if (!record) return;
    if (hasEnded(record) && Date.now() >= record.expiresAt) {
      await this.ctx.storage.deleteAll();
      this.#life = undefined;
      return;
    }
    life.setAlarm(record);
  }

  async #announce(record: RunRecord, life: RunLife): Promise<boolean> {
    try {
      await this.onEnd(record, () => life.log.text());
      // A new run of the same key may have taken its place.
      if (life.record === record) life.markNotified(record);
      return true;
    } catch {
      return false;
    }
  }

  async #start(request: Request, command: StartCommand): Promise<Sent> {
    const route = this.#routeAt(command.route);
    const { search } = new URL(request.url);
    const bytes = await readBytes(request, route.maxBytes ?? MAX_TEXT_BYTES);
    const fingerprint = `${search} ${await digest(bytes)}`;
    const life = this.#opened;
    const earlier = life.record;
    // The record of the new run takes the place of the earlier one.
    if (earlier?.endNotified === false && isRetryable(earlier) && !(await this.#announce(earlier, life)))
      throw announcing();
    const { record } = life;
    if (record && !isRetryable(record)) {
      if (record.fingerprint !== fingerprint) throw reused();
      return joinRun(life, record, { command, isReplay: true });
    }
    const headers = KEPT_HEADERS.flatMap((name) => {
      const value = request.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    const begun = life.begin(command, fingerprint, { search, headers, bytes });
    return joinRun(life, begun, { command, isReplay: false });
  }

  #read(command: ReadCommand): Promise<Sent> {
    const record = this.#recordOf(command.caller, command.id);
    if (!record) throw runNotFound();
    return READ[command.what](this.#opened, record, command);
  }

  /** Whoever has lost the connection has some time to come back. */
  #abandonLater(): () => void {
    const { live, record } = this.#opened;
    if (!live || record?.isBackground) return () => {};
    const { graceMs } = readSettings(this.env).runs;
    const message = `The run was cancelled, because nobody had read it for ${graceMs / 1000} s.`;
    return live.in(graceMs, () => live.cancel(cancelled(message)));
  }

  get #opened(): RunLife {
    this.#life ??= RunLife.open({
      ctx: this.ctx,
      env: this.env,
      routeAt: (path) => this.#routeAt(path),
    });
    return this.#life;
  }

  #recordOf(caller: string, id: string): RunRecord | undefined {
    const { record } = this.#opened;
    const isOwner = record?.caller.id === caller || (record?.caller.kind === 'hook' && caller === OPERATOR.id);
    return record?.id === id && isOwner ? record : undefined;
  }

  #routeAt(path: string): Route {
    const route = this.routes.find((route) => route.path === path && isWrite(route));
    if (!route) throw new Error('The route of the run does not exist.');
    return route;
  }
}
