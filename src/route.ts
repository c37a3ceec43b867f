import type * as z from 'zod/mini';
import type { Access } from './access/caller.ts';
import { needAccess } from './access/needs.ts';
import type { ErrorShape } from './base/errors.ts';
import { isObject } from './base/is-object.ts';
import { withoutNulls } from './base/without-nulls.ts';
import { planCache } from './cache/plan.ts';
import { answerThroughCache } from './cache/through-cache.ts';
import { type Call, deriveCall } from './call/call.ts';
import { reportIgnored } from './call/report.ts';
import type { ModelOf, Task } from './call/tasks.ts';
import { resolveForCaller } from './hosts/models/resolve-for-caller.ts';
import type { Intake, PictureBody } from './intake/intake.ts';
import { ignoredFields } from './intake/known-fields.ts';
import { namingParts } from './intake/part-names.ts';
import type { Check } from './intake/usual.ts';
import { validate } from './intake/validate.ts';
import { metered } from './metering/metered.ts';

/** A call with the model that its body names. */
export type ModelCall<T extends Task> = Call & { readonly model: ModelOf<T> };

interface RouteSpec<Schema extends z.ZodMiniType, T extends Task> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** The scope that a caller needs, or `public`. */
  readonly access: Access;
  /** Of the body; of a GET or DELETE, of its query string. */
  readonly schema?: () => Schema;
  /**
   * Accepts usual bodies as they are. The schema, which would accept them too, and leave them unchanged, is
   * not asked then: see intake/usual.ts.
   */
  readonly acceptsUnparsed?: Check;
  /**
   * Turns a body into another one before it is validated, if it is of a kind that the route itself does not
   * know, and the call into that of the other body.
   *
   * @returns undefined if the body stays as it is
   */
  readonly rewrite?: (input: unknown, call: Call) => Rewritten | undefined;
  /** What the route can do with a model. If set, the model that the body names is resolved before `run`. */
  readonly tasks?: readonly T[];
  /**
   * The tasks of the routes that this one runs in turn, by `runRoute`, if it is only another surface of them.
   * They resolve the model, check the scopes and meter; a request counts once.
   */
  readonly reaches?: readonly Task[];
  /**
   * Whether its `run` itself decides which requests are recorded as runs, and describes them: see
   * runs/start-run.ts.
   */
  readonly startsRuns?: boolean;
  readonly maxBytes?: number;
  /** Set if the body can carry pictures. */
  readonly pictures?: PictureBody;
  /** Reads the body, if it is not one that all routes can have. */
  readonly read?: (source: Request | Response, maxBytes: number, url: string) => Promise<Intake>;
  /** Whether `run` gets the bytes of the body, whatever they are: a `RawBody`. */
  readonly raw?: boolean;
  /** Whether the body goes to a host unchanged but for its model: its text is kept for it. */
  readonly forwards?: boolean;
  /**
   * Whether `run` looks at the fields that the schema does not have: forwards or refuses them. All others are
   * reported.
   */
  readonly takesUnknown?: boolean;
  /** Set if the clients of the route read errors in another shape than OpenAI's. */
  readonly errorShape?: ErrorShape;
  run(body: z.infer<Schema>, call: [T] extends [never] ? Call : ModelCall<T>): Response | Promise<Response>;
}

/** A body in place of the one that came, and its call. */
export interface Rewritten {
  readonly input: unknown;
  readonly call: Call;
}

/** A body that is not parsed: a signature is one of its bytes. */
export interface RawBody {
  readonly bytes: Uint8Array;
  /** Of the request. */
  readonly url: string;
}

/** A route without the types of its body and model, as the app holds it. */
export interface Route extends Omit<RouteSpec<z.ZodMiniType, Task>, 'run'> {
  run(body: unknown, call: Call): Response | Promise<Response>;
}

/** Declares a route. `run` gets a validated body and a call, and never sees the HTTP framework. */
export function route<Schema extends z.ZodMiniType, T extends Task = never>(spec: RouteSpec<Schema, T>): Route {
  return spec as unknown as Route;
}

/** Whether a route changes something or asks a model. Of one path, at most one route does. */
export const isWrite = ({ method }: Route): boolean => method === 'POST' || method === 'PATCH';

/** What a route does with models, by itself or by other routes. */
export const tasksOf = ({ tasks, reaches }: Route): readonly Task[] | undefined => tasks ?? reaches;

/**
 * Runs a route: checks that its caller may use it, validates its input, resolves and reports its model, and
 * keeps to the caller's limits. A field that is null is one that was not sent. Whoever has a body and a call
 * can run a route: the HTTP app, a Durable Object, a webhook, a tool call.
 *
 * @throws ApiError
 */
export function runRoute(route: Route, input: unknown, call: Call): Response | Promise<Response> {
  const { partName } = call;
  if (partName) return namingParts(() => runNamed(route, input, call), partName);
  return runNamed(route, input, call);
}

function runNamed(route: Route, input: unknown, call: Call): Response | Promise<Response> {
  needAccess(call, route.access);
  const given = route.schema && isObject(input) ? withoutNulls(input) : input;
  // A host would get the nulls.
  const its = given === input ? call : deriveCall(call, { forwarded: undefined });
  const rewritten = route.rewrite?.(given, its);
  return rewritten ? runValid(route, rewritten.input, rewritten.call) : runValid(route, given, its);
}

function checked({ forwards, takesUnknown }: Route, schema: z.ZodMiniType, input: unknown, call: Call): unknown {
  if (!forwards && !takesUnknown) reportIgnored(call.report, ignoredFields(schema, input));
  return validate(schema, input);
}

function runValid(route: Route, input: unknown, call: Call): Response | Promise<Response> {
  const { caller } = call;
  const body = route.schema && !route.acceptsUnparsed?.(input) ? checked(route, route.schema(), input, call) : input;
  if (!route.tasks) {
    const isMetered = caller.limited.length > 0 && !route.reaches;
    return isMetered ? metered(undefined, body, call, (its) => route.run(body, its)) : route.run(body, call);
  }
  const model = resolveForCaller(body as { model: string }, route.tasks, call);
  const plan = planCache(model, body, call);
  // What is stored is asked for to its end, also if the client leaves.
  const kept = plan ? deriveCall(call, { client: () => new AbortController().signal }) : call;
  return metered(model, body, kept, (its) => {
    const withModel: ModelCall<Task> = { ...its, model };
    if (!plan) return route.run(body, withModel);
    return answerThroughCache({ ...plan, model, route: route.path, body }, its, () => route.run(body, withModel));
  });
}
