import { createHash, timingSafeEqual } from 'node:crypto';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import type { App, Served } from './app.ts';
import { ApiError, asApiError } from './errors.ts';
import { Gate } from './gate.ts';
import type { Models } from './models.ts';
import { chat } from './routes/chat.ts';
import { completions } from './routes/completions.ts';
import { embeddings } from './routes/embeddings.ts';
import { health, modelList } from './routes/info.ts';
import { tasks } from './routes/tasks.ts';

export interface ServerOptions {
  /** When set, every route but `/health` wants `Authorization: Bearer <token>`. */
  token?: string | undefined;
  maxBodyBytes?: number | undefined;
  /** Text generations that take turns token by token, and requests that wait behind them. */
  textGate?: Gate | undefined;
  /** Pictures are drawn one at a time: each run of the graph already uses all threads. */
  imageGate?: Gate | undefined;
  /** Called with one line per request: method, path, status, time. Never its content. */
  log?: ((line: string) => void) | undefined;
  /** Called with what went wrong on this side. */
  onError?: ((error: unknown) => void) | undefined;
}

/** 32 pictures of 1 MB, as base64. */
const MAX_BODY_BYTES = 45 * 1024 * 1024;

/** The server, not yet listening. While `models` is a promise that is not settled, it answers 503. */
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
  app.use(
    bodyLimit({
      maxSize: options.maxBodyBytes ?? MAX_BODY_BYTES,
      onError: () => {
        throw new ApiError('body_too_large', 'The request body is too large.');
      },
    }),
  );
  for (const routes of [chat, completions, embeddings, tasks, modelList]) routes(app);

  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server;
  // Longer than the idle time of clients and proxies, so that they close first and never write to a closed connection.
  server.keepAliveTimeout = 75_000;
  return server;
}

function logged(log: (line: string) => void) {
  return createMiddleware<Served>(async (c, next) => {
    const started = performance.now();
    const { outgoing } = c.env;
    outgoing.once('close', () => {
      const left = outgoing.writableFinished ? '' : ' client left';
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
    () => {}, // Whoever loads the models reports the failure; until then this server goes on answering 503.
  );
  return createMiddleware<Served>(async (c, next) => {
    if (!ready) throw new ApiError('loading', 'The models are being loaded.', { retryAfterSeconds: 1 });
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
    // Compared as digests: equal lengths, and a time that says nothing about the token.
    if (!timingSafeEqual(digest(c.req.header('Authorization') ?? ''), expected)) {
      throw new ApiError('invalid_api_key', 'Send this server\'s token as "Authorization: Bearer <token>".');
    }
    await next();
  });
}
