import type { Context, Next } from 'hono';
import { cors } from 'hono/cors';
import { HonoBase } from 'hono/hono-base';
import { authenticate, authenticateApp } from './access/authenticate.ts';
import { ANONYMOUS, type Caller } from './access/caller.ts';
import { allowedOrigin, corsOptions } from './access/cors.ts';
import { withIpLimit } from './access/ip.ts';
import { requireAccess } from './access/permissions.ts';
import { answerRequest } from './answer-request.ts';
import { ApiError, reshape } from './base/errors.ts';
import { notOffered } from './base/not-offered.ts';
import { PathRouter } from './base/path-router.ts';
import { startCall } from './call/call.ts';
import { logRequest } from './call/log.ts';
import { Outcome } from './call/outcome.ts';
import { newReport, type Report, type Reported, reportFailure } from './call/report.ts';
import { addReportHeaders } from './call/report-headers.ts';
import { TIME_LIMITS } from './call/time-limits.ts';
import { traceCache } from './call/trace.ts';
import { NO_ATTACHMENTS } from './intake/intake.ts';
import { type Route, tasksOf } from './route.ts';
import { type Env, readSettings, type Settings } from './settings/settings.ts';

interface AppEnv {
  Bindings: Env;
  Variables: { exchange: Exchange };
}
type AppContext = Context<AppEnv>;

/** What is known of one request until its answer is complete. */
interface Exchange extends Reported {
  readonly requestId: string;
  readonly settings: Settings;
  caller: Caller;
  route: string;
  errorShape: Route['errorShape'] | undefined;
}

/**
 * The HTTP app: Hono routes the requests, and everything that all routes share is here. Which parts of Hono
 * are used, and what they cost: docs/decisions/2026-11-24-what-hono-does.md.
 */
export function createApp(routes: readonly Route[]): HonoBase<AppEnv> {
  const app = new HonoBase<AppEnv>({ router: new PathRouter() });
  app.use(frame);
  app.onError(answerError);
  for (const route of routes) app.on(route.method, route.path, (c) => handle(c, route));
  app.options('*', (c) => c.body(null, 204));
  app.notFound(async (c) => answerError(await whyNotFound(c, app), c));
  return app;
}

const METHODS = ['GET', 'POST', 'PATCH', 'DELETE'];
/** How many handlers the router finds for any path. */
const MIDDLEWARE = 1;
const API = /^\/(v\d|models|hf-inference|rerank|mcp)(\/|$)/;

async function whyNotFound({ req, get, env }: AppContext, { router }: HonoBase<AppEnv>): Promise<unknown> {
  const { method, path, raw } = req;
  try {
    // A stranger does not even learn which routes the API has. Clients of MCP log in when they get 401.
    if (API.test(path)) await authenticate(raw, env, get('exchange').settings);
  } catch (error) {
    return error;
  }
  const why = notOffered(path);
  if (why) return new ApiError('not_found', why);
  const allow = METHODS.filter((other) => router.match(other, path)[0].length > MIDDLEWARE).join(', ');
  if (allow === '' || path.endsWith('/')) return notFound(path);
  if (/^websocket$/i.test(raw.headers.get('upgrade') ?? '')) {
    // By this status Codex knows at once that it has to use HTTP.
    return new ApiError('websocket_not_supported', `${path} is no WebSocket. Send POST with \`"stream": true\`.`);
  }
  return new ApiError('method_not_allowed', `${path} allows ${allow}, not ${method}.`, { headers: { allow } });
}

const crossOrigin = cors({
  ...corsOptions,
  origin: (origin, c: AppContext) =>
    allowedOrigin(origin, { ...c.get('exchange'), isPreflight: c.req.method === 'OPTIONS' }),
});

/** The frame around every route: what is known of a request, the headers of its answer, its log line. */
async function frame(c: AppContext, next: Next): Promise<void> {
  const start = performance.now();
  const requestId = `req_${crypto.randomUUID()}`;
  const outcome = new Outcome();
  const report = newReport();
  const exchange: Exchange = {
    requestId,
    settings: readSettings(c.env),
    outcome,
    report,
    caller: ANONYMOUS,
    route: '*',
    errorShape: undefined,
  };
  c.set('exchange', exchange);
  await next();

  const { errorShape } = exchange;
  if (errorShape && c.res.status >= 400) c.res = await reshape(c.res, errorShape, requestId);
  const { headers, status } = c.res;
  headers.set('x-request-id', requestId);
  addReportHeaders(headers, exchange);
  traceCache(report, c.executionCtx);
  for (const name in report.rateHeaders) headers.set(name, report.rateHeaders[name] as string);
  headers.set('server-timing', serverTiming(report, performance.now() - start));
  // For browsers only: the middleware costs a quarter of a pass-through request.
  if (c.req.raw.headers.has('origin')) c.res = (await crossOrigin(c, async () => {})) ?? c.res;

  const settle = (milliseconds: number) => {
    const { caller, route } = exchange;
    logRequest({ method: c.req.method, route, requestId, caller: caller.id, status, outcome, report, milliseconds });
  };
  const { bodyDone } = outcome;
  const { stored } = report;
  const answered = performance.now() - start;
  const late = () => settle(performance.now() - start);
  if (bodyDone) c.executionCtx.waitUntil(bodyDone.then(late, late));
  else if (stored) c.executionCtx.waitUntil(stored.then(() => settle(answered)));
  else settle(answered);
}

function answerError(error: unknown, c: AppContext): Response {
  return reportFailure(c.get('exchange'), error).toResponse();
}

/** Authenticates, and starts the clock of the request. */
async function handle(c: AppContext, route: Route): Promise<Response> {
  const exchange = c.get('exchange');
  const request = c.req.raw;
  exchange.route = route.path;
  exchange.errorShape = route.errorShape;
  const { settings, requestId, outcome, report } = exchange;
  if (route.access !== 'public') {
    const check = route.access === 'key-or-app' ? authenticateApp : authenticate;
    exchange.caller = withIpLimit(await check(request, c.env, settings), request.headers, settings);
    // Before the body is read.
    requireAccess(exchange.caller, route.access);
  }
  // The router matches a path with a slash at its end, too.
  if (c.req.path.endsWith('/')) throw notFound(c.req.path);
  const tasks = tasksOf(route);
  const context = {
    requestId,
    settings,
    outcome,
    report,
    caller: exchange.caller,
    env: c.env,
    params: paramsOf(c, route),
    headers: request.headers,
    url: () => request.url,
    attachments: NO_ATTACHMENTS,
    client: () => request.signal,
    waitUntil: (work: Promise<unknown>) => c.executionCtx.waitUntil(work),
  };
  const call = startCall(context, TIME_LIMITS[tasks?.[0] ?? 'none']);
  return answerRequest(request, route, call);
}

const NO_PARAMS = {};

/** Most routes have none, and asking Hono costs a hundredth of a pass-through request. */
function paramsOf({ req }: AppContext, { path }: Route): Readonly<Record<string, string>> {
  return path.includes(':') ? req.param() : NO_PARAMS;
}

function notFound(path: string): ApiError {
  return new ApiError('not_found', `There is no route ${path}. GET /openapi.json lists all routes.`);
}

function serverTiming(report: Report, total: number): string {
  let text = '';
  for (const stage in report.timings) text += `${stage};dur=${report.timings[stage]?.toFixed(1)}, `;
  return `${text}total;dur=${total.toFixed(1)}`;
}
