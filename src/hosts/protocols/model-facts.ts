import * as z from 'zod/mini';
import { OTHER_FORMATS, type OtherFormat } from '../../base/bytes/file-kind.ts';
import { isolateState } from '../../base/isolate-state.ts';
import { lazy } from '../../base/lazy.ts';
import { MAX_SMALL_BODY_BYTES } from '../../base/sizes.ts';
import { type Call, deriveCall } from '../../call/call.ts';
import type { Host } from '../../call/hosts.ts';
import { Outcome } from '../../call/outcome.ts';
import { newReport } from '../../call/report.ts';
import type { Revision } from '../../call/tasks.ts';
import { readJson } from '../upstream/answer.ts';
import { type FailureReason, UpstreamFailure } from '../upstream/failure.ts';
import { send } from '../upstream/transport.ts';
import { endpointOf } from './json-request.ts';

const listSchema = lazy(() => z.object({ data: z.array(z.looseObject({ id: z.string() })) }));

/** What a server says of a model in its list of models, beside what all servers say. */
export type ModelFacts = Readonly<Record<string, unknown>>;

/** Where servers list their models: Infinity, and this project's inference server. */
const PATHS = ['/models', '/v1/models'];

/** A server can be replaced by another one behind the same URL. */
const KEPT_MS = 60_000;
interface Kept {
  readonly facts: Promise<ModelFacts>;
  readonly until: number;
}

/** Of endpoints, which are settings: there are few. */
const known = isolateState('model-facts', () => ({
  facts: new Map<string, Kept>(),
  /** The last revisions that servers have named: a server that is down for a moment has not changed. */
  revisions: new Map<string, string | undefined>(),
}));
/** Known vectors need no host, so a request does not wait long for its revision. */
const REVISION_LIMIT_MS = 2_000;

/**
 * What a server says of one of its models. An isolate asks once a minute.
 *
 * @returns nothing of a server that has no such list, or whose list does not have the model
 * @throws UpstreamFailure if the server cannot be asked
 */
export function modelFacts(host: Host, upstreamModel: string, call: Call): Promise<ModelFacts> {
  const key = `${endpointOf(host, call).url} ${upstreamModel}`;
  const kept = known.facts.get(key);
  if (kept && kept.until > Date.now()) return kept.facts;
  const facts = ask(host, upstreamModel, call);
  known.facts.set(key, { facts, until: Date.now() + KEPT_MS });
  facts.catch(() => known.facts.delete(key));
  return facts;
}

async function ask(host: Host, upstreamModel: string, call: Call): Promise<ModelFacts> {
  return (await modelsAt(host, call)).find(({ id }) => id === upstreamModel) ?? {};
}

/**
 * The models that a server lists, each with what the server says of it.
 *
 * @returns nothing of a server that has no such list
 * @throws UpstreamFailure if the server cannot be asked
 */
export async function modelsAt(host: Host, call: Call): Promise<readonly (ModelFacts & { readonly id: string })[]> {
  const { url, token } = endpointOf(host, call);
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  // Its attempts are none of the caller's request.
  const own = deriveCall(call, { outcome: new Outcome(), report: newReport() });
  for (const path of PATHS) {
    try {
      const request = { name: host.name, url: url + path, method: 'GET', headers, once: true } as const;
      const json = await send(
        request,
        own,
        async (response) => (await readJson(response, host.name, MAX_SMALL_BODY_BYTES)).json,
      );
      const listed = listSchema().safeParse(json);
      if (listed.success) return listed.data.data;
    } catch (error) {
      if (!saysNothing(error)) throw error;
    }
  }
  return [];
}

const NO_LIST: readonly FailureReason[] = ['model-missing', 'rejected', 'unsupported', 'invalid-answer', 'redirect'];

/** Whether a server answered, but not with such a list. */
function saysNothing(error: unknown): boolean {
  return error instanceof UpstreamFailure && NO_LIST.includes(error.reason);
}

/** The formats that a server says it decodes, for `formats` of a target. */
export const formatsAt =
  (host: Host, upstreamModel: string) =>
  async (call: Call): Promise<readonly OtherFormat[]> => {
    const { formats } = await modelFacts(host, upstreamModel, call);
    return Array.isArray(formats) ? OTHER_FORMATS.filter((format) => formats.includes(format)) : [];
  };

/**
 * The revision of its preprocessing that a server names, for `revision` of a target; the last known one if it
 * cannot be asked.
 */
export const revisionAt =
  (host: Host, upstreamModel: string): Revision =>
  async (call) => {
    const key = `${endpointOf(host, call).url} ${upstreamModel}`;
    const limits = { ...call.limits, headersMs: Math.min(REVISION_LIMIT_MS, call.limits.headersMs) };
    try {
      const { revision } = await modelFacts(host, upstreamModel, deriveCall(call, { limits }));
      known.revisions.set(key, typeof revision === 'string' && revision !== '' ? revision : undefined);
    } catch (error) {
      if (!(error instanceof UpstreamFailure)) throw error;
    }
    return known.revisions.get(key);
  };
