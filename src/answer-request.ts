import { MAX_TEXT_BYTES } from './base/sizes.ts';
import { reportRun } from './cache/plan.ts';
import { type Call, deriveCall } from './call/call.ts';
import { readBody, readBytes } from './intake/body.ts';
import { readQuery } from './intake/query.ts';
import { isWrite, type RawBody, type Route, runRoute, tasksOf } from './route.ts';
import { readFollowUp } from './run-end.ts';
import { namesBackground, takeBackground } from './runs/background.ts';
import { type RunOptions, runRequested } from './runs/run-options.ts';
import { answerByRun, answerInBackground } from './runs/start-run.ts';

/**
 * Answers a request by its route, or by a run if its headers or its body ask for one: see the table in
 * runs/start-run.ts.
 */
export function answerRequest(request: Request, route: Route, call: Call): Promise<Response> {
  const options = isRecordable(route) && runRequested(request.headers, tasksOf(route) !== undefined);
  return options ? answerRecorded(request, { options, route, call }) : answerDirectly(request, route, call);
}

/** A recorded body is not one of bytes. Some routes decide for themselves. */
const isRecordable = (route: Route): boolean => isWrite(route) && !route.raw && !route.startsRuns;

interface RecordedRequest {
  readonly options: RunOptions;
  readonly route: Route;
  readonly call: Call;
}

/** The body is not read here: the object of the run does. */
function answerRecorded(request: Request, { options, route, call }: RecordedRequest): Promise<Response> {
  const { params } = call;
  reportRun(call, request.headers);
  const followUp = tasksOf(route) && readFollowUp(request.headers, call);
  return answerByRun(request, options, { route, call, params, followUp });
}

/** Reads the body, which can ask for a run, too, and runs the route. */
async function answerDirectly(request: Request, route: Route, call: Call): Promise<Response> {
  if (route.raw) {
    const bytes = await readBytes(request, route.maxBytes ?? MAX_TEXT_BYTES);
    return runRoute(route, { bytes, url: request.url } satisfies RawBody, call);
  }
  if (route.method === 'GET' || route.method === 'DELETE' || !route.schema)
    return runRoute(route, readQuery(request.url), call);
  const { maxBytes = MAX_TEXT_BYTES, pictures, forwards, read } = route;
  const { input, ...rest } = await (read
    ? read(request, maxBytes, request.url)
    : readBody(request, { maxBytes, pictures, forwards }));
  if (tasksOf(route) && isRecordable(route) && namesBackground(input)) {
    const { isBackground, body } = takeBackground({ input, ...rest });
    if (isBackground) return answerInBackground(request, body, { route, call, params: call.params });
    const { input: others, ...parts } = body;
    return runRoute(route, others, deriveCall(call, parts));
  }
  const received = { route: route.path, headers: request.headers, input, forwarded: rest.forwarded };
  const run = () => runRoute(route, input, deriveCall(call, { ...rest, received }));
  return rest.upload ? rest.upload.guard(run) : run();
}
