import type { HttpBindings } from '@hono/node-server';
import type { Context, Handler, Hono } from 'hono';
import type { z } from 'zod';
import { ApiError } from './errors.ts';
import type { Gate } from './gate.ts';
import type { Models } from './models.ts';

/** The context of every route. */
export interface Served {
  Bindings: HttpBindings;
  Variables: {
    models: Models;
    /** Limit how many text generations and image generations run and wait. */
    textGate: Gate;
    imageGate: Gate;
    /** Reports a server-side error to the operator. Errors caused by a client disconnect are not reported. */
    report: (error: unknown) => void;
  };
}

export type App = Hono<Served>;
export type AppContext = Context<Served>;

/** Registers a POST route; other methods on its paths answer 405. */
export function post(app: App, paths: string[], handler: Handler<Served>): void {
  app.on('POST', paths, handler);
  app.on(['GET', 'PUT', 'PATCH', 'DELETE'], paths, methodNotAllowed('POST'));
}

/** Registers a GET route; other methods on its paths answer 405. */
export function get(app: App, paths: string[], handler: Handler<Served>): void {
  app.on('GET', paths, handler);
  app.on(['POST', 'PUT', 'PATCH', 'DELETE'], paths, methodNotAllowed('GET'));
}

function methodNotAllowed(allowed: string): Handler<Served> {
  return (c) => {
    c.header('Allow', allowed);
    throw new ApiError('method_not_allowed', `${c.req.path} accepts only ${allowed} requests.`);
  };
}

/**
 * Parses and validates the JSON body.
 *
 * @throws ApiError `invalid_json`, or `invalid_value` that names the field
 */
export async function readBody<Schema extends z.ZodType>(c: AppContext, schema: Schema): Promise<z.output<Schema>> {
  const text = await c.req.text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ApiError('invalid_json', 'The request body is not valid JSON.', { cause });
  }
  const { data, error } = schema.safeParse(json);
  if (!error) return data;
  const issue = error.issues[0];
  const param = issue?.path.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`;
    return path === '' ? String(key) : `${path}.${String(key)}`;
  }, '');
  throw new ApiError('invalid_value', param ? `"${param}": ${issue?.message}` : 'The request body must be an object.', {
    param: param || undefined,
  });
}
