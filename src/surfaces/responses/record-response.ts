import type { Call } from '../../call/call.ts';
import type { Route } from '../../route.ts';
import type { describeRun } from '../../runs/describe-run.ts';
import { type RunOptions, readPreferences, requireStorable, runRequested } from '../../runs/run-options.ts';
import { answerByRun, sourceOf } from '../../runs/start-run.ts';
import type { ResolvedRequest, ResponseRequest } from './request.ts';
import { filled } from './response.ts';
import { responseOfRun } from './stored-responses.ts';
import { invalid } from './unsupported.ts';

/**
 * How a request asks to be kept: in the background, with `store`, or as any request to a model can be
 * recorded.
 *
 * @returns undefined if it does not: nearly always; or if it is being recorded, and runs in the object of its
 * run
 * @throws ApiError `invalid_parameter`
 */
export function recordingOf(request: ResponseRequest, { headers, outcome }: Call): RunOptions | undefined {
  if (outcome.run !== undefined) return undefined;
  const asked = runRequested(headers, true);
  const isBackground = request.background === true;
  const isStored = request.store === true || isBackground;
  if (!asked && !isStored) return undefined;
  if (isBackground && request.store === false) throw invalid('store', 'must not be false with `background`');
  requireStorable(headers);
  return {
    key: asked?.key,
    isResumable: asked?.isResumable === true || isStored,
    isBackground: asked?.isBackground === true || isBackground,
    isFollowed: isBackground && request.stream === true,
    keepsRequest: isStored,
    waitMs: readPreferences(headers.get('prefer') ?? '').waitMs,
  };
}

/** Answers by a run: with its answer, or at once with a response in the background. */
export async function answerRecorded(
  resolved: ResolvedRequest,
  call: Call,
  { route, recording, followUp }: { route: Route; recording: RunOptions; followUp: unknown },
): Promise<Response> {
  const { request, continues } = resolved;
  const { large, headers } = call;
  const source = sourceOf({ input: request, ...(large && { large }) }, { url: call.url(), headers });
  const answer = await answerByRun(source, recording, { route, call, followUp, context: continues });
  if (answer.status !== 202 || request.background !== true) return answer;
  const run: ReturnType<typeof describeRun> = await answer.json();
  return Response.json(filled(responseOfRun(run, resolved), large), { headers: { 'x-run-id': run.id } });
}
