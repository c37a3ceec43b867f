import * as z from 'zod/mini';
import { lazy } from '../src/base/lazy.ts';
import { route } from '../src/route.ts';
import { getRunOf, lastEvent, listRunsFor, readRun } from '../src/runs/read-run.ts';
import { RUN_STATUSES } from '../src/runs/run-record.ts';
import { count, DEFAULT_PAGE, pageLimit } from './fields.ts';

/** Unix time in seconds. */
const MAX_TIME = 1e11;

export const listRunsRequest = lazy(() =>
  z.looseObject({
    status: z.optional(z.enum(RUN_STATUSES)),
    created_after: z.optional(count(0, MAX_TIME)),
    created_before: z.optional(count(0, MAX_TIME)),
    after: z.optional(z.string().check(z.maxLength(100))),
    limit: pageLimit(),
  }),
);

/**
 * GET /v1/runs?status&created_after&created_before&after&limit: the caller's own runs that can be fetched
 * later, newest first.
 */
export const listRuns = route({
  method: 'GET',
  path: '/v1/runs',
  access: 'any',
  schema: listRunsRequest,
  async run({ status, created_after, created_before, after, limit = DEFAULT_PAGE }, call) {
    const request = { status, since: milliseconds(created_after), before: milliseconds(created_before), after, limit };
    return Response.json(await listRunsFor(call, request));
  },
});

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

/** GET /v1/runs/{id}: status, usage and timings. */
export const getRun = route({
  method: 'GET',
  path: '/v1/runs/:id',
  access: 'any',
  run: async (_, call) => Response.json(await getRunOf(call)),
});

/** POST /v1/runs/{id}/cancel: closes the request to the host. A run that has ended stays as it is. */
export const cancelRun = route({
  method: 'POST',
  path: '/v1/runs/:id/cancel',
  access: 'any',
  run: async (_, call) => Response.json(await getRunOf(call, 'cancel')),
});

export const runEventsRequest = lazy(() => z.looseObject({ starting_after: z.optional(count(0, 999_999_999)) }));

/** GET /v1/runs/{id}/events?starting_after: the events of a stream, also while it goes on. */
export const runEvents = route({
  method: 'GET',
  path: '/v1/runs/:id/events',
  access: 'any',
  schema: runEventsRequest,
  run: ({ starting_after }, call) => readRun('events', starting_after ?? lastEvent(call), call),
});

/** GET /v1/runs/{id}/result: the answer as the request itself would have got it. */
export const runResult = route({
  method: 'GET',
  path: '/v1/runs/:id/result',
  access: 'any',
  run: (_, call) => readRun('result', 0, call),
});
