import { type Reader, requireNeeds } from '../access/needs.ts';
import { ApiError } from '../base/errors.ts';
import { settlesWithin } from '../base/with-timeout.ts';
import { describeRun } from './describe-run.ts';
import type { EventLog } from './event-log.ts';
import type { ReadCommand } from './messages.ts';
import type { RunLife } from './run-life.ts';
import { hasEnded, type RunRecord, type StartCommand } from './run-record.ts';
import { answerFrom, type Sent } from './send-answer.ts';

/**
 * How readers get the answer of a run. Its log is looked up first: a run with the same key can replace it
 * meanwhile.
 */

interface Joined {
  readonly command: StartCommand;
  readonly isReplay: boolean;
}

/** Answers a request that has started a run, or has the idempotency key of one. */
export async function joinRun(life: RunLife, record: RunRecord, { command, isReplay }: Joined): Promise<Sent> {
  const { live, log } = life;
  const { waitMs } = command;
  await live?.prepared;
  if (live && !hasEnded(record) && !command.isFollowed && (command.isBackground || live.asksForBackground)) {
    if (waitMs === undefined || !(await settlesWithin(live.ended, waitMs))) {
      return { response: accepted(life, record, waitMs) };
    }
  } else if (live && isReplay && waitMs !== undefined && !(await settlesWithin(live.answered, waitMs))) {
    throw new ApiError(
      'run_in_progress',
      'A request with this `Idempotency-Key` is in progress. Send it again later, or without `Prefer: wait` to wait for its answer.',
      { headers: { 'retry-after': '1', 'x-run-id': record.id } },
    );
  }
  const more = isReplay ? { 'idempotent-replayed': 'true' } : live?.report.rateHeaders;
  // Who has started a run also gets its refusal, as it is.
  return answer(life, record, {
    log,
    position: 0,
    more: { ...more },
    reader: isReplay ? command.caller : undefined,
  });
}

/** The answer of a run that has ended. */
export async function readResult(life: RunLife, record: RunRecord, { waitMs = 0, reader }: ReadCommand): Promise<Sent> {
  const { live, log } = life;
  if (live && !(await settlesWithin(live.ended, waitMs))) {
    throw inProgress('The run has not ended. Ask again later, or send `Prefer: wait=<seconds>`.');
  }
  return answer(life, record, { log, position: 0, more: {}, reader });
}

/** The request itself, if it is kept: see `RunOptions`. */
export async function readRequest(life: RunLife, record: RunRecord, { reader }: ReadCommand): Promise<Sent> {
  await life.live?.prepared;
  // What a request needs is known when it names its model.
  if (life.live && reader.models !== 'all' && record.needs?.models.length === 0) {
    throw inProgress('The run has not begun. Ask again later.');
  }
  requireNeeds(reader, record.needs);
  const request = life.keptRequest();
  const headers = request?.headers as [string, string][] | undefined;
  const response = request
    ? new Response(request.bytes, { headers: headers ?? [] })
    : new Response(null, { status: 204 });
  return { response };
}

/** The events of a stream after one, and those that follow. */
export async function readEvents(life: RunLife, record: RunRecord, { after, reader }: ReadCommand): Promise<Sent> {
  const { live, log } = life;
  await live?.answered;
  requireNeeds(reader, record.needs);
  if (record.answer && !record.answer.isStream) {
    throw new ApiError('run_not_a_stream', `The answer is no stream. Get it from /v1/runs/${record.id}/result.`);
  }
  // Of a run that was interrupted, a client can have seen more than was stored.
  if (after > log.event && record.error?.code !== 'run_interrupted') {
    const message = `The run has events up to ${log.event}: event ${after} does not exist.`;
    throw new ApiError('invalid_parameter', message, { param: 'starting_after' });
  }
  if (record.answer?.isWhole && after === log.event) {
    // Tells an EventSource not to connect again.
    return { response: new Response(null, { status: 204, headers: { 'x-run-id': record.id } }) };
  }
  return answer(life, record, { log, position: log.positionAfter(after, record.id), more: {}, reader });
}

interface AnswerOptions {
  readonly log: EventLog;
  /** Where in the log to begin. */
  readonly position: number;
  /** Headers of the answer beside those that are recorded. */
  readonly more: Record<string, string>;
  /** Undefined if it is the one who has started the run. */
  readonly reader: Reader | undefined;
}

async function answer(life: RunLife, record: RunRecord, { log, position, more, reader }: AnswerOptions): Promise<Sent> {
  await life.live?.answered;
  if (reader) requireNeeds(reader, record.needs);
  const recorded = record.answer;
  // An answer of which a part is missing can only be continued if it is a stream.
  if (!recorded || (hasEnded(record) && !recorded.isWhole && !recorded.isStream)) throw notWhole(record, more);
  life.markSeen(record);
  return answerFrom({ log, position, record, more: { ...more, 'x-run-id': record.id } });
}

function inProgress(message: string): ApiError {
  return new ApiError('run_in_progress', message, { headers: { 'retry-after': '1' } });
}

function notWhole({ id, status, error }: RunRecord, more: Record<string, string>): ApiError {
  const isTooLarge = error?.code === 'run_too_large';
  const code = isTooLarge ? 'run_too_large' : status === 'cancelled' ? 'run_cancelled' : 'run_interrupted';
  const headers = { ...more, ...(isTooLarge && { 'x-should-retry': 'false' }), 'x-run-id': id };
  return new ApiError(code, error?.message ?? 'The run was interrupted.', { headers });
}

function accepted({ log }: RunLife, record: RunRecord, waitMs: number | undefined): Response {
  return Response.json(describeRun(record, { bytes: log.length, lastEvent: log.event }), {
    status: 202,
    headers: {
      location: `/v1/runs/${record.id}`,
      'retry-after': '1',
      'preference-applied': waitMs === undefined ? 'respond-async' : `respond-async, wait=${waitMs / 1000}`,
      'x-run-id': record.id,
    },
  });
}
