import type { Caller } from '../access/caller.ts';
import { ApiError } from '../base/errors.ts';
import type { Call } from '../call/call.ts';
import type { Intake } from '../intake/intake.ts';
import { countRequest } from '../metering/metered.ts';
import type { Route } from '../route.ts';
import { CONTEXT_HEADER, writeMessage } from './messages.ts';
import { addressOfKey, newAddress, reach } from './run-address.ts';
import { type RunOptions, readPreferences, requireStorable } from './run-options.ts';
import type { StartCommand } from './run-record.ts';

/**
 * The ways into a run. Each ends in `answerByRun`, which sends the body to the object of the run.
 *
 * | who asks | how | who reads the body | function |
 * |---|---|---|---|
 * | a request's headers | `Idempotency-Key`, `Prefer`, ...: run-options.ts | the object | `answerByRun` |
 * | a request's body | `"background": true`: background.ts | the Worker, the object | `answerInBackground` |
 * | a route | `startsRuns`: responses that are stored | the Worker, the object | `answerByRun` |
 * | code | the delivery of a hook | the object | `startRun` |
 */

/** The request that asks for a run, and what it asks for. */
export interface RunStart {
  readonly route: Route;
  /** The request, as its own caller or as the one whose limits the run has. */
  readonly call: Call;
  /** The parameters in the path of the route. */
  readonly params?: Readonly<Record<string, string>>;
  /** What is to be done when the run has ended: see run-end.ts. Plain data. */
  readonly followUp?: unknown;
  /** What the route passes to itself in the run: see messages.ts. */
  readonly context?: string | null;
}

/** What a run is made from: an HTTP request, or the same parts. */
export interface RunSource {
  readonly url: string;
  readonly headers: Headers;
  readonly body: BodyInit | null;
}

const PASSED_HEADERS = ['content-type', 'content-length', 'content-encoding', 'accept', 'cache-control'];

/**
 * Answers a request by a run: executed now, or recorded earlier with the same idempotency key. A request with
 * a key counts before the object is asked, so that a flood of replays wakes no object; the run that it may
 * begin does not count it again.
 *
 * @throws ApiError, also of a limit
 */
export async function answerByRun(source: RunSource, asked: RunOptions, start: RunStart): Promise<Response> {
  const { route, params = {}, call, followUp, context } = start;
  const { caller, requestId, env, outcome, report } = call;
  const { key, ...rest } = asked;
  const isCounted = key !== undefined;
  if (isCounted) await countRequest(call);
  const owner = ownerOf(caller, source.headers);
  const { id, stub } =
    key === undefined ? newAddress(env) : await addressOfKey({ owner, route: pathOf(route, params), key }, env);
  const { search, origin } = new URL(source.url);
  const command: StartCommand = {
    ...{ id, route: route.path, params, caller, requestId, isCounted },
    ...rest,
    origin,
    followUp,
  };
  const headers = new Headers();
  for (const name of PASSED_HEADERS) {
    const value = source.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  if (context) headers.set(CONTEXT_HEADER, context);
  writeMessage(headers, command);
  const sent = stub.fetch(`https://run/${search}`, { method: 'POST', headers, body: source.body });
  const answer = await reach(sent);
  outcome.setRun(answer.headers.get('x-run-id') ?? id);
  // A run that has just been admitted knows better what is left.
  if (answer.headers.has('ratelimit') && !answer.headers.has('idempotent-replayed')) delete report.rateHeaders;
  // A copy: the headers of an answer that came over the network cannot be changed.
  return new Response(answer.body, { status: answer.status, headers: answer.headers });
}

/**
 * Whose idempotency keys are one set. All devices of an app are one caller, and only the proof of each tells
 * them apart.
 */
function ownerOf({ id, kind }: Caller, headers: Headers): string {
  return kind === 'app' ? `${id} ${headers.get('x-firebase-appcheck')}` : id;
}

/** `/v1/prompts/summarize` of `/v1/prompts/:name`. */
function pathOf({ path }: Route, params: Readonly<Record<string, string>>): string {
  return path.replaceAll(/:(\w+)(\{.*?\})?/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
}

/** Answers a request whose body, already read, has `"background": true`. */
export async function answerInBackground(request: Request, body: Intake, start: RunStart): Promise<Response> {
  requireStorable(request.headers);
  if (body.attachments.size > 0) {
    throw new ApiError(
      'invalid_parameter',
      '`background` requires a JSON body. With another one, send the header `Prefer: respond-async`.',
      { param: 'background' },
    );
  }
  const { waitMs } = readPreferences(request.headers.get('prefer') ?? '');
  return answerByRun(sourceOf(body, request), { isResumable: false, isBackground: true, waitMs }, start);
}

/** A body that was read, and perhaps changed, as the source of a run. */
export function sourceOf(
  { input, large }: Pick<Intake, 'input' | 'large'>,
  { url, headers }: Pick<RunSource, 'url' | 'headers'>,
): RunSource {
  const json = JSON.stringify(input, requireFinite);
  const whole = large ? large.into(json) : json;
  const sent = new Headers(headers);
  sent.delete('content-length');
  return { url, headers: sent, body: typeof whole === 'string' ? whole : whole.stream() };
}

/** JSON would write null for them: the run would get another request. @throws ApiError `invalid_parameter` */
function requireFinite(name: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  throw new ApiError('invalid_parameter', `\`${name}\` is larger than any number can be.`, { param: name });
}

/** How a run is started from code. */
export interface StartOptions {
  /** The idempotency key. */
  readonly key: string;
  /** Of the request that started it. */
  readonly url: string;
  /** How long to wait for its answer. */
  readonly waitMs?: number | undefined;
}

/**
 * Starts a run in the background from code, with a JSON body.
 *
 * @returns its 202, or its answer if there is one
 */
export function startRun(body: unknown, { key, url, waitMs }: StartOptions, start: RunStart): Promise<Response> {
  const source = {
    url: new URL(url).origin,
    headers: new Headers({ 'content-type': 'application/json' }),
    body: JSON.stringify(body),
  };
  return answerByRun(source, { key, waitMs, isResumable: false, isBackground: true }, start);
}
