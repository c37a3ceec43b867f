import { isObject } from '../../base/is-object.ts';
import { isolateState } from '../../base/isolate-state.ts';
import { MAX_SMALL_BODY_BYTES } from '../../base/sizes.ts';
import { withTimeout } from '../../base/with-timeout.ts';
import { type Call, deriveCall } from '../../call/call.ts';
import { tokenCount } from '../../call/host-counts.ts';
import { Outcome } from '../../call/outcome.ts';
import { newReport } from '../../call/report.ts';
import type { Target } from '../../call/tasks.ts';
import { readJson } from '../upstream/answer.ts';
import { UpstreamFailure } from '../upstream/failure.ts';
import { send, type UpstreamBody } from '../upstream/transport.ts';
import { endpointOf, jsonRequest } from './json-request.ts';

/** Clients count before each request: an estimate is better than a long wait. */
const LIMIT_MS = 2_000;
/** Most hosts have no such route. A host can be replaced by a newer one. */
const REMEMBERED_MS = 3_600_000;
/** Callers can name any model of an OpenAI-compatible host. */
const MAX_REMEMBERED = 256;
const notCounting = isolateState('not-counting', () => new Map<string, number>());

/**
 * The tokens of a request, as its host counts them: OpenAI at `/responses/input_tokens`, llama.cpp and vLLM
 * at `/messages/count_tokens`, too.
 *
 * @returns undefined if the host does not count, or not in time
 */
export async function countTokens(
  { host, upstreamModel }: Target,
  path: string,
  body: UpstreamBody,
  call: Call,
): Promise<number | undefined> {
  const key = `${endpointOf(host, call).url}${path} ${upstreamModel}`;
  if ((notCounting.get(key) ?? 0) > Date.now()) return undefined;
  // Its attempts are none of the caller's request.
  const own = deriveCall(call, { report: newReport(), outcome: new Outcome(), cancellation: call.cancellation.part() });
  const request = { ...jsonRequest(host, path, body, call), once: true };
  const asked = send(request, own, async (response) => {
    const { json } = await readJson(response, host.name, MAX_SMALL_BODY_BYTES);
    return isObject(json) ? tokenCount(json.input_tokens) : undefined;
  });
  try {
    const late = () => {
      own.cancellation.cancel(new UpstreamFailure('headers-timeout', `The host ${host.name} did not count in time.`));
      return undefined;
    };
    return await withTimeout(asked, { ms: LIMIT_MS, late, timers: call.deadlines });
  } catch (error) {
    if (call.cancellation.reason) throw call.cancellation.reason;
    if (hasNoRoute(error)) remember(key);
    return undefined;
  }
}

function remember(key: string): void {
  if (notCounting.size >= MAX_REMEMBERED) notCounting.clear();
  notCounting.set(key, Date.now() + REMEMBERED_MS);
}

/** Whether a host has answered that it has no such route. */
function hasNoRoute(error: unknown): boolean {
  if (!(error instanceof UpstreamFailure)) return false;
  return error.reason === 'model-missing' || error.reason === 'unsupported' || error.status === 405;
}
