import { type Context, Hono } from 'hono';
import { authenticate } from './authenticate.ts';
import { type Call, type Limits, newReport, type Report, startCall } from './call.ts';
import { addCors, answerPreflight } from './cors.ts';
import { ApiError, toApiError } from './errors.ts';
import { logRequest } from './log.ts';
import { configurationProblems } from './resolve.ts';
import { type Env, readSettings, type Settings } from './settings.ts';

export interface AppEnv {
  Bindings: Env;
  Variables: { requestId: string; settings: Settings; report: Report };
}
export type AppContext = Context<AppEnv>;

/** An app with what every request needs: id, settings, log line, headers, CORS, one place for errors, and keys. */
export function createApp(): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.use(async function observe(c, next) {
    const start = performance.now();
    const report = newReport();
    c.set('requestId', `req_${crypto.randomUUID()}`);
    c.set('settings', readSettings(c.env));
    c.set('report', report);
    await next();
    // Set on the answer itself: Hono's `c.header` would copy the whole answer for each.
    const { headers } = c.res;
    headers.set('x-request-id', c.get('requestId'));
    if (report.model) headers.set('x-cedalion-model', report.model);
    if (report.target) headers.set('x-cedalion-target', report.target);
    if (report.attempts > 0) headers.set('x-cedalion-attempts', String(report.attempts));
    headers.set('server-timing', serverTiming(report, performance.now() - start));
    addCors(c.req.raw, headers);
    const finish = () => logRequest(c, report, performance.now() - start);
    if (report.streamed) c.executionCtx.waitUntil(report.streamed.finally(finish));
    else finish();
  });
  app.options('*', answerPreflight);
  app.use('/v1/*', async function admit(c, next) {
    const settings = c.get('settings');
    const problems = configurationProblems(settings);
    if (problems.length > 0) throw new ApiError('configuration_invalid', problems.join(' '));
    await authenticate(c.req.raw, settings);
    return next();
  });

  app.onError(answerError);
  // Answered, not thrown: where no other middleware matches, Hono lets what is thrown here past `observe`.
  app.notFound((c) =>
    answerError(new ApiError('not_found', `There is no route ${c.req.path}. GET /openapi.json lists the routes.`), c),
  );
  return app;
}

function answerError(error: Error, c: AppContext): Response {
  const failure = toApiError(error);
  const report = c.get('report');
  report.error = failure.code;
  if (failure.code === 'internal_error') report.cause = error;
  return failure.toResponse();
}

/** @throws ApiError `method_not_allowed` */
export function methodNotAllowed(allow: string) {
  return (c: AppContext): never => {
    throw new ApiError('method_not_allowed', `${c.req.path} takes ${allow}, not ${c.req.method}.`, {
      headers: { allow },
    });
  };
}

/** Begins the part of a request that has time limits. */
export function callOf(c: AppContext, limits: Limits): Call {
  return startCall(
    {
      requestId: c.get('requestId'),
      settings: c.get('settings'),
      report: c.get('report'),
      waitUntil: (work) => c.executionCtx.waitUntil(work),
    },
    c.req.raw.signal,
    limits,
  );
}

/** `Cache-Control: no-cache` in a request: answer from the host, and write the cache anew (RFC 9111, 5.2.1.4). */
export function wantsRefresh(c: AppContext): boolean {
  return /\bno-cache\b/i.test(c.req.header('cache-control') ?? '');
}

function serverTiming(report: Report, total: number): string {
  return [...Object.entries(report.timings), ['total', total] as const]
    .map(([stage, milliseconds]) => `${stage};dur=${milliseconds.toFixed(1)}`)
    .join(', ');
}
