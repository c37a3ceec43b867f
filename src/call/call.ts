import type { Caller } from '../access/caller.ts';
import type { Needs } from '../access/needs.ts';
import type { Placeholders } from '../base/bytes/placeholders.ts';
import { ApiError } from '../base/errors.ts';
import type { ForwardedBody } from '../intake/forwarded.ts';
import type { PartName } from '../intake/part-names.ts';
import type { Upload } from '../intake/upload.ts';
import type { Env, Settings } from '../settings/settings.ts';
import { Cancellation } from './cancellation.ts';
import { Deadlines } from './deadlines.ts';
import type { Reported } from './report.ts';

/** Time limits of a request, in milliseconds. Each has its own error code. */
export interface TimeLimits {
  /** From sending a request to a host until its status line and headers are here. */
  readonly headersMs: number;
  /** From the headers until the first event of a stream. */
  readonly firstEventMs: number;
  /** From the caller's request to the last byte of the answer. */
  readonly totalMs: number;
  /** How much of the total may be spent waiting for a host that is starting. */
  readonly coldMs: number;
}

/**
 * What a request comes with. Whoever can provide this can run a route: the HTTP app, a Durable Object, a
 * webhook.
 */
export interface RequestContext extends Reported {
  readonly requestId: string;
  readonly caller: Caller;
  /** Whether the request itself was counted by the caller's limits already. */
  readonly isCounted?: boolean;
  readonly settings: Settings;
  /** The bindings. */
  readonly env: Env;
  /** The parameters of the path. */
  readonly params: Readonly<Record<string, string>>;
  /** The headers of the request. */
  readonly headers: Headers;
  /**
   * Files that came with the body, by name: parts of a multipart body, or the body itself if it is one
   * picture.
   */
  readonly attachments: ReadonlyMap<string, Uint8Array>;
  /** The body as it came, if the route passes it on. */
  readonly forwarded?: ForwardedBody;
  /** Bytes of the body beside pictures. */
  readonly textBytes?: number;
  /** Pictures in the body itself. */
  readonly pictures?: number;
  /** What placeholders in the body stand for: large pictures, that are not copied as strings. */
  readonly large?: Placeholders;
  /** Set if the body has other names for its fields than JSON. */
  readonly partName?: PartName;
  /** A form with a file, which may still be arriving. */
  readonly upload?: Upload;
  /** The request itself, if its answer can be cached. */
  readonly received?: Received | undefined;
  /** How the answers of a prompt are cached, if its file says so. */
  readonly promptCache?: PromptCache | undefined;
  /** Set within a run: what its request needs is collected here. */
  readonly needs?: Needs;
  /** The URL of the request, read on demand. Only the origin is known of a run. */
  url(): string;
  /** The signal that the client has left. Created on demand: merely reading it holds 15 KB for a while. */
  client(): AbortSignal;
  /** Lets work continue after the answer: cache writes, the rest of a stream. */
  waitUntil(work: Promise<unknown>): void;
}

/** A request as it came: what names its answer in the cache. */
export interface Received {
  /** The path as declared by the route. */
  readonly route: string;
  readonly headers: Headers;
  readonly input: unknown;
  readonly forwarded: ForwardedBody | undefined;
}

/** How the answers of a prompt are cached. */
export interface PromptCache {
  readonly seconds?: number | undefined;
  /** Whether all tokens of a key share them. */
  readonly isShared: boolean;
}

/**
 * One request on its way through the Worker: what every layer below the routes needs, and what it reports
 * back.
 */
export interface Call extends RequestContext {
  readonly limits: TimeLimits;
  /** `Date.now()` at which the total limit passes. */
  readonly deadline: number;
  /** When the total limit passes; for a stream, also when the client leaves. */
  readonly cancellation: Cancellation;
  /** For the shorter limits within the total one. */
  readonly deadlines: Deadlines;
  /** Whether another target can answer instead. Then a host that asks to wait is not waited for. */
  readonly hasAlternative?: boolean;
  /** Is told the provider that answers, if the host is a router that names it. */
  readonly answeredBy?: (provider: string) => void;
  /** What a host was already waited for: since when, and how long in all. */
  readonly waited?: { readonly since: number; readonly milliseconds: number };
}

/** Starts the clock of a request. */
export function startCall(context: RequestContext, limits: TimeLimits): Call {
  const cancellation = new Cancellation();
  const deadlines = new Deadlines(limits.totalMs, () =>
    cancellation.cancel(
      new ApiError(
        'upstream_total_timeout',
        `The answer was not complete within the limit of ${limits.totalMs / 1000} s for this kind of request.`,
      ),
    ),
  );
  return { ...context, limits, deadline: Date.now() + limits.totalMs, cancellation, deadlines };
}

/** What a layer can change for the layers below it. */
type Changes = { readonly [Name in keyof Call]?: Call[Name] | undefined };

/**
 * A call with changes, for what is run on behalf of another one: that one stays as it is. Both share their
 * report, and what cancels them.
 */
export function deriveCall<C extends Call>(call: C, changes: Changes): C {
  return { ...call, ...changes } as C;
}

/**
 * Cancels a call when its client leaves. Only for answers that continue after the handler has returned:
 * workerd closes all others itself.
 */
export function followClient({ client, cancellation }: Call): void {
  const leave = () =>
    cancellation.cancel(
      new ApiError('client_closed_request', 'The client closed the connection before the answer was complete.'),
    );
  const signal = client();
  if (signal.aborted) leave();
  else signal.addEventListener('abort', leave, { once: true });
}
