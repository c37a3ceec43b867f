import type { Context } from 'hono';
import { HonoBase } from 'hono/hono-base';
import { LinearRouter } from 'hono/router/linear-router';
import { authenticate } from './access/authenticate.ts';
import { addCors, answerPreflight } from './access/cors.ts';
import { type Call, type Limits, newReport, type Report, startCall } from './call/call.ts';
import { logRequest } from './call/log.ts';
import type { CacheUse } from './embedding/load-items.ts';
import { ApiError, toApiError } from './errors.ts';
import { configurationProblems } from './models/resolve.ts';
import { type Env, readSettings, type Settings } from './settings.ts';

export interface AppEnv {
  Bindings: Env;
  Variables: { requestId: string; settings: Settings; report: Report };
}
export type AppContext = Context<AppEnv>;

export type Route = readonly ['GET' | 'POST', path: string, (c: AppContext) => Response | Promise<Response>];

/**
 * An app that answers every request in one place. One handler for each path, and no middleware: Hono then calls it
 * directly, which saves a tenth of a pass-through request. The router is the one that prepares nothing: for ten routes
 * a regular expression of all costs a new isolate 3 ms.
 */
export function createApp(routes: readonly Route[]): HonoBase<AppEnv> {
  const app = new HonoBase<AppEnv>({ router: new LinearRouter() });
  app.options('*', (c) => answer(c, '*', answerPreflight));
  for (const [method, path, handler] of routes) {
    // The router takes a path with a slash at its end for the one without.
    app.on(method, path, (c) => answer(c, path, c.req.path.endsWith('/') ? refusePath : handler));
  }
  app.notFound((c) => {
    const known = routes.find(([, path]) => matches(path, c.req.path));
    return known ? answer(c, known[1], refuseMethod(known[0])) : answer(c, '*', refusePath);
  });
  return app;
}

/** Whether a path is that of a route, whatever the method. */
function matches(route: string, path: string): boolean {
  const [fixed = route, parameter] = route.split(':');
  return parameter === undefined ? path === fixed : path.startsWith(fixed) && path.length > fixed.length;
}

/** Everything around a handler: id, settings, keys, errors, headers, log line. */
async function answer(c: AppContext, route: string, handler: Route[2]): Promise<Response> {
  const start = performance.now();
  const report = newReport();
  const requestId = `req_${crypto.randomUUID()}`;
  const settings = readSettings(c.env);
  const { method, path } = c.req;
  c.set('requestId', requestId);
  c.set('settings', settings);
  c.set('report', report);

  let response: Response;
  try {
    if (path.startsWith('/v1/') && method !== 'OPTIONS') admit(c.req.raw, settings);
    response = await handler(c);
  } catch (error) {
    response = answerError(error, report);
  }

  const { status, headers } = response;
  headers.set('x-request-id', requestId);
  if (report.model) headers.set('x-cedalion-model', report.model);
  if (report.target) headers.set('x-cedalion-target', report.target);
  if (report.attempts > 0) headers.set('x-cedalion-attempts', String(report.attempts));
  headers.set('server-timing', serverTiming(report, performance.now() - start));
  addCors(c.req.raw, headers);
  const finish = () =>
    logRequest({ method, route, requestId, status, report, milliseconds: performance.now() - start });
  if (report.streamed) c.executionCtx.waitUntil(report.streamed.finally(finish));
  else finish();
  return response;
}

/** @throws ApiError `configuration_invalid`, `keys_not_configured` or `invalid_api_key` */
function admit(request: Request, settings: Settings): void {
  const problems = configurationProblems(settings);
  if (problems.length > 0) throw new ApiError('configuration_invalid', problems.join(' '));
  authenticate(request, settings);
}

function answerError(error: unknown, report: Report): Response {
  const failure = toApiError(error);
  report.error = failure.code;
  if (failure.code === 'internal_error') report.cause = error;
  return failure.toResponse();
}

function refuseMethod(allow: string) {
  return ({ req }: AppContext): never => {
    throw new ApiError('method_not_allowed', `${req.path} takes ${allow}, not ${req.method}.`, { headers: { allow } });
  };
}

function refusePath({ req }: AppContext): never {
  throw new ApiError('not_found', `There is no route ${req.path}. GET /openapi.json lists the routes.`);
}

/** Begins the part of a request that has time limits. */
export function callOf(c: AppContext, limits: Limits): Call {
  return startCall(
    {
      requestId: c.get('requestId'),
      settings: c.get('settings'),
      report: c.get('report'),
      waitUntil: (work) => c.executionCtx.waitUntil(work),
      client: () => c.req.raw.signal,
    },
    limits,
  );
}

/**
 * What a request's `Cache-Control` asks of the cache of embeddings (RFC 9111, 5.2.1): `no-cache` to write it anew,
 * `no-store` to keep out of it.
 */
export function cacheUseOf(c: AppContext): CacheUse {
  const asked = c.req.header('cache-control') ?? '';
  if (/\bno-store\b/i.test(asked)) return 'none';
  return /\bno-cache\b/i.test(asked) ? 'refresh' : 'full';
}

function serverTiming(report: Report, total: number): string {
  let text = '';
  for (const stage in report.timings) text += `${stage};dur=${report.timings[stage]?.toFixed(1)}, `;
  return `${text}total;dur=${total.toFixed(1)}`;
}
