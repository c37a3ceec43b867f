import { createHash, timingSafeEqual } from 'node:crypto';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { App, Served } from './app.ts';
import { bodyLimit } from './body-limit.ts';
import { ApiError, asApiError } from './errors.ts';
import { Gate } from './gate.ts';
import type { Models } from './models.ts';
import { chat } from './routes/chat.ts';
import { completions } from './routes/completions.ts';
import { embeddings } from './routes/embeddings.ts';
import { health, modelList } from './routes/info.ts';
import { tasks } from './routes/tasks.ts';

export interface ServerOptions {
  /** When set, every route except `/health` requires `Authorization: Bearer <token>`. */
  token?: string | undefined;
  maxBodyBytes?: number | undefined;
  /** Text generations run interleaved, one token each in turn. Further requests wait. */
  textGate?: Gate | undefined;
  /** Images are generated one at a time: each run of the graph already uses all threads. */
  imageGate?: Gate | undefined;
  /** Called with one line per request: method, path, status, duration. Never the content. */
  log?: ((line: string) => void) | undefined;
  /** Called with each server-side error. */
  onError?: ((error: unknown) => void) | undefined;
}

/** 32 images of 1 MB, base64-encoded. */
const MAX_BODY_BYTES = 45 * 1024 * 1024;

/** Returns the server before it listens. It answers 503 until the promise `models` resolves. */
export function createServer(models: Models | Promise<Models>, options: ServerOptions = {}): Server {
  const app: App = new Hono<Served>();
  const { log = () => {}, onError = () => {} } = options;
  app.onError((thrown, c) => {
    const error = asApiError(thrown);
    c.var.report(thrown);
    if (error.retryAfterSeconds !== undefined) c.header('Retry-After', String(error.retryAfterSeconds));
    return c.json(error.body, error.status);
  });
  app.notFound((c) => {
    throw new ApiError('not_found', `There is no route ${c.req.method} ${c.req.path}.`);
  });

  app.use(logged(log), reporting(onError), loaded(models, options));
  health(app);
  if (options.token) app.use(authorized(options.token));
  app.use(bodyLimit(options.maxBodyBytes ?? MAX_BODY_BYTES));
  for (const routes of [chat, completions, embeddings, tasks, modelList]) routes(app);

  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server;
  // Longer than the idle timeout of clients and proxies. They close first and never write to a closed
  // connection.
  server.keepAliveTimeout = 75_000;
  return server;
}

function logged(log: (line: string) => void) {
  return createMiddleware<Served>(async (c, next) => {
    const started = performance.now();
    const { outgoing } = c.env;
    outgoing.once('close', () => {
      const left = outgoing.writableFinished ? '' : ' client disconnected';
      const ms = Math.round(performance.now() - started);
      log(`${c.req.method} ${c.req.path} ${outgoing.statusCode} ${ms}ms${left}`);
    });
    await next();
  });
}

function reporting(onError: (error: unknown) => void) {
  return createMiddleware<Served>(async (c, next) => {
    c.set('report', (error) => {
      if (!(error instanceof ApiError) && !c.req.raw.signal.aborted) onError(error);
    });
    await next();
  });
}

function loaded(models: Models | Promise<Models>, options: ServerOptions) {
  const textGate = options.textGate ?? new Gate({ active: 4, waiting: 64 });
  const imageGate = options.imageGate ?? new Gate({ active: 1, waiting: 32 });
  let ready: Models | undefined;
  Promise.resolve(models).then(
    (value) => {
      ready = value;
    },
    () => {}, // The caller that loads the models reports the failure. This server keeps answering 503.
  );
  return createMiddleware<Served>(async (c, next) => {
    if (!ready) throw new ApiError('loading', 'The models are still loading. Retry shortly.', { retryAfterSeconds: 1 });
    c.set('models', ready);
    c.set('textGate', textGate);
    c.set('imageGate', imageGate);
    await next();
  });
}

function authorized(token: string) {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(`Bearer ${token}`);
  return createMiddleware<Served>(async (c, next) => {
    // Digests have equal lengths, and comparing them takes the same time for every token.
    if (!timingSafeEqual(digest(c.req.header('Authorization') ?? ''), expected)) {
      throw new ApiError('invalid_api_key', 'Missing or invalid token. Send it as "Authorization: Bearer <token>".');
    }
    await next();
  });
}
