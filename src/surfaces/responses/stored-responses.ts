import { ApiError } from '../../base/errors.ts';
import { type Call, deriveCall } from '../../call/call.ts';
import { eventData, parseEvent } from '../../hosts/stream/sse.ts';
import type { describeRun } from '../../runs/describe-run.ts';
import { CONTEXT_HEADER } from '../../runs/messages.ts';
import { getRunOf, readRun, removeRun } from '../../runs/read-run.ts';
import type { ResolvedRequest, ResponseRequest } from './request.ts';
import { beginResponse, type ResponseObject, responseIdOf, runIdOf } from './response.ts';

/** Responses that are kept: each is a run of this route. */

type Run = ReturnType<typeof describeRun>;

const ROUTE = '/v1/responses';

/** A response that is kept, as it is now. @throws ApiError `response_not_found` */
export async function readResponse(id: string, call: Call, action?: 'cancel'): Promise<ResponseObject> {
  const own = callOf(id, call);
  const run = await requireRun(own, action);
  const hasEnded = run.status !== 'queued' && run.status !== 'in_progress';
  const recorded = hasEnded ? await recordedResponse(run, own) : undefined;
  if (run.status === 'cancelled' && recorded) return { ...recorded, status: 'cancelled', error: null };
  return recorded ?? responseOfRun(run, (await keptRequest(own)) ?? unknownRequest(run));
}

/** The request that a response answers. @throws ApiError `response_not_found`, also if it is not kept */
export async function readRequest(id: string, call: Call): Promise<ResolvedRequest> {
  const own = callOf(id, call);
  await requireRun(own);
  const request = await keptRequest(own);
  if (!request) throw notFound();
  return request;
}

/**
 * The events of a response after a number, and those that follow while it goes on.
 *
 * @throws ApiError `response_not_found`, or `run_not_a_stream`
 */
export async function readResponseEvents(id: string, after: number | undefined, call: Call): Promise<Response> {
  const own = callOf(id, call);
  const { answer } = await requireRun(own);
  if (answer && answer.last_event === null) {
    throw new ApiError('run_not_a_stream', 'The response was not created with `"stream": true`.', { param: 'stream' });
  }
  // The events of a run are counted from 1, and those of a response from 0.
  const events = await readRun('events', after === undefined ? 0 : after + 1, own);
  return events.status === 204 ? new Response('', { headers: { 'content-type': 'text/event-stream' } }) : events;
}

/** @throws ApiError `response_not_found` */
export async function removeResponse(id: string, call: Call): Promise<void> {
  const own = callOf(id, call);
  await requireRun(own);
  await removeRun(own);
}

/** A response of which nothing is known but its run. */
export function responseOfRun(run: Run, resolved: ResolvedRequest): ResponseObject {
  const model = run.model ?? resolved.request.model;
  const response = beginResponse(resolved, { id: responseIdOf(run.id), createdAt: run.created_at ?? 0, model });
  const { status, error } = run;
  return {
    ...response,
    status,
    error: error && status === 'failed' ? { code: error.code, message: error.message } : null,
  };
}

/** The call that reads the run of a response. */
function callOf(id: string, call: Call): Call {
  return deriveCall(call, { params: { id: runIdOf(id) } });
}

async function requireRun(call: Call, action?: 'cancel'): Promise<Run> {
  // Nothing of another route may be cancelled here.
  const run = await getRunOf(call).catch((error) => {
    throw error instanceof ApiError && error.code === 'run_not_found' ? notFound() : error;
  });
  if (run.route !== ROUTE) throw notFound();
  return action ? getRunOf(call, action) : run;
}

async function recordedResponse({ answer }: Run, call: Call): Promise<ResponseObject | undefined> {
  if (answer?.status !== 200) return undefined;
  if (answer.last_event === null) return readWhole(await readRun('result', 0, call));
  const last = await readRun('events', answer.last_event - 1, call);
  const event = parseEvent(eventData(await last.text()).at(-1) ?? '');
  return event?.response as ResponseObject | undefined;
}

async function readWhole(answer: Response): Promise<ResponseObject | undefined> {
  if (answer.status === 200) return answer.json();
  await answer.body?.cancel();
  return undefined;
}

async function keptRequest(call: Call): Promise<ResolvedRequest | undefined> {
  const kept = await readRun('request', 0, call);
  const continues = kept.headers.get(CONTEXT_HEADER);
  const request = (await readWhole(kept)) as ResponseRequest | undefined;
  return request && { request, continues };
}

function unknownRequest({ model }: Run): ResolvedRequest {
  return { request: { model: model ?? '', input: [] }, continues: null };
}

function notFound(): ApiError {
  return new ApiError(
    'response_not_found',
    'There is no such response, or it is not kept: only `"store": true` or `"background": true` keeps one, for a while.',
  );
}
