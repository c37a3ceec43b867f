import type { Context } from 'hono';
import { cors } from 'hono/cors';
import { HonoBase } from 'hono/hono-base';
import { LinearRouter } from 'hono/router/linear-router';
import { authenticate } from './access/authenticate.ts';
import { ANONYMOUS, type Caller } from './access/caller.ts';
import { corsOptions } from './access/cors.ts';
import { startCall } from './call/call.ts';
import { logRequest } from './call/log.ts';
import { newReport, type Report } from './call/report.ts';
import { ApiError, toApiError } from './errors.ts';
import { NO_ATTACHMENTS, readBody, readQuery } from './intake/body.ts';
import { type Route, runRoute } from './route.ts';
import { type Env, readSettings, type Settings } from './settings.ts';
import { MAX_TEXT_BYTES } from './sizes.ts';
import { TIME_LIMITS } from './time-limits.ts';

interface AppEnv {
  Bindings: Env;
  Variables: { exchange: Exchange };
}
type AppContext = Context<AppEnv>;

/** What is known of one request until its answer is complete. */
interface Exchange {
  readonly start: number;
  readonly requestId: string;
  readonly settings: Settings;
  readonly report: Report;
  caller: Caller;
  route: string;
  /** Called when the last byte is gone. */
  onEnd(): void;
}

/**
 * The HTTP app: Hono routes the requests, and everything that all routes share is here. Without middleware Hono calls a
 * handler directly: see docs/decisions/2026-11-24-what-hono-does.md.
 */
export function createApp(routes: readonly Route[]): HonoBase<AppEnv> {
  const app = new HonoBase<AppEnv>({ router: new LinearRouter() });
  for (const route of routes) {
    app.on(route.method, route.path, async (c) => finish(c, await handle(c, begin(c), route)));
  }
  app.options('*', async (c) => {
    begin(c);
    return finish(c, new Response(null, { status: 204 }));
  });
  app.notFound((c) => {
    const exchange = begin(c);
    const { method, path } = c.req;
    // Of the API, a stranger does not even learn which routes there are.
    if (path.startsWith('/v1/')) exchange.caller = authenticate(c.req.raw.headers, exchange.settings);
    const allow = METHODS.filter((other) => app.router.match(other, path)[0].length > 0).join(', ');
    if (allow === '' || path.endsWith('/')) throw notFound(path);
    throw new ApiError('method_not_allowed', `${path} allows ${allow}, not ${method}.`, { headers: { allow } });
  });
  app.onError((error, c) => {
    const { report } = c.get('exchange');
    const failure = toApiError(error);
    report.error = failure.code;
    if (failure.code === 'internal_error') report.cause = error;
    return finish(c, failure.toResponse());
  });
  return app;
}

const METHODS = ['GET', 'POST', 'PATCH', 'DELETE'];

function begin(c: AppContext): Exchange {
  const exchange: Exchange = {
    start: performance.now(),
    requestId: `req_${crypto.randomUUID()}`,
    settings: readSettings(c.env),
    report: newReport(),
    caller: ANONYMOUS,
    route: '*',
    onEnd: () => {},
  };
  c.set('exchange', exchange);
  return exchange;
}

const crossOrigin = cors(corsOptions);

/** Adds the headers of every answer, and settles the request when its last byte is gone. */
function finish(c: AppContext, response: Response): Response | Promise<Response> {
  const exchange = c.get('exchange');
  const { report, requestId, start } = exchange;
  const { headers, status } = response;
  headers.set('x-request-id', requestId);
  if (report.model) headers.set('x-cedalion-model', report.model);
  if (report.target) headers.set('x-cedalion-target', report.target);
  if (report.attempts > 0) headers.set('x-cedalion-attempts', String(report.attempts));
  headers.set('server-timing', serverTiming(report, performance.now() - start));
  if (report.streamed) c.executionCtx.waitUntil(report.streamed.finally(() => settle(c, exchange, status)));
  else settle(c, exchange, status);
  // CORS headers are for browsers: only requests with an `Origin` pay for them.
  return c.req.raw.headers.has('origin') ? withCors(c, response) : response;
}

async function withCors(c: AppContext, response: Response): Promise<Response> {
  c.res = response;
  const preflight = await crossOrigin(c, async () => {});
  return preflight ?? c.res;
}

function settle(
  { req }: AppContext,
  { report, requestId, caller, route, start, onEnd }: Exchange,
  status: number,
): void {
  onEnd();
  const milliseconds = performance.now() - start;
  logRequest({ method: req.method, route, requestId, caller: caller.id, status, report, milliseconds });
}

/** Authenticates, reads the body, and runs the route. */
async function handle(c: AppContext, exchange: Exchange, route: Route): Promise<Response> {
  const request = c.req.raw;
  exchange.route = route.path;
  // The router matches a path with a slash at its end, too.
  if (c.req.path.endsWith('/')) throw notFound(c.req.path);
  const { settings, requestId, report } = exchange;
  if (route.access !== 'public') exchange.caller = authenticate(request.headers, settings);
  const context = {
    requestId,
    settings,
    report,
    caller: exchange.caller,
    kv: c.env.EMBEDDINGS,
    headers: request.headers,
    attachments: NO_ATTACHMENTS,
    client: () => request.signal,
    waitUntil: (work: Promise<unknown>) => c.executionCtx.waitUntil(work),
  };
  const call = startCall(context, TIME_LIMITS[route.tasks?.[0] ?? 'none']);
  exchange.onEnd = () => call.deadlines.close();
  if (request.method === 'GET') return runRoute(route, { ...readQuery(request.url), ...c.req.param() }, call);
  const { maxBytes = MAX_TEXT_BYTES, pictures, forwards } = route;
  const { input, ...rest } = await readBody(request, { maxBytes, pictures, forwards });
  return runRoute(route, input, Object.assign(call, rest));
}

function notFound(path: string): ApiError {
  return new ApiError('not_found', `There is no route ${path}. GET /openapi.json lists all routes.`);
}

function serverTiming(report: Report, total: number): string {
  let text = '';
  for (const stage in report.timings) text += `${stage};dur=${report.timings[stage]?.toFixed(1)}, `;
  return `${text}total;dur=${total.toFixed(1)}`;
}
