import type { Call } from '../call/call.ts';
import { promptTokens } from '../call/prompt-tokens.ts';
import type { JsonObject } from '../call/tasks.ts';
import type { Amount } from './amount.ts';
import { microUsd, type Parts, type Priced } from './price.ts';

/** Sound at 32 kbit/s: what voice recorders of phones write. Most files have fewer minutes than that, so that a budget holds. */
const BYTES_PER_MINUTE = 240_000;
/** What an answer without a limit is expected to have at most. */
const COMPLETION_TOKENS = 1_024;

/** What a request will use at most, as far as one can know before it runs. */
export function estimate(model: Priced | undefined, body: JsonObject, call: Call): Amount {
  if (!model) return { requests: 1, tokens: 0, images: 0, microUsd: 0 };
  const images = makesPictures(model) ? numberIn(body.n, 1) : 0;
  const completion = model.task === 'text-generation' ? completionTokens(body) : 0;
  if (model.task === 'automatic-speech-recognition') {
    // Only some hosts count the tokens of sound. Those of the form are reserved, so that a budget that is used up refuses.
    return priced(model, { ...NO_PARTS, prompt: promptTokens(call), minutes: minutesOf(call) }, call);
  }
  return priced(model, { prompt: promptTokens(call), completion, images, minutes: 0 }, call);
}

const makesPictures = ({ task }: Priced) => task === 'text-to-image' || task === 'image-to-image';

const NO_PARTS = { prompt: 0, completion: 0, images: 0, minutes: 0 };

/** Of the sound of a request: as the host said, or estimated. */
function minutesOf({ report, upload }: Call): number {
  return report.seconds === undefined ? (upload?.bytes ?? 0) / BYTES_PER_MINUTE : report.seconds / 60;
}

/** For all answers of a request. Hosts that know `best_of` generate that many for each prompt. */
function completionTokens({ n, best_of, prompt, max_tokens, max_completion_tokens }: JsonObject): number {
  const answers = Math.max(numberIn(n, 1), numberIn(best_of, 1)) * (Array.isArray(prompt) ? prompt.length : 1);
  // Hosts differ in which of the two they take.
  const most = Math.max(numberIn(max_tokens, -1), numberIn(max_completion_tokens, -1));
  return answers * (most < 0 ? COMPLETION_TOKENS : most);
}

/** A host can say anything: a negative number would raise a budget. */
function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isUsed(tokens: Call['report']['tokens']): tokens is NonNullable<typeof tokens> {
  return (
    tokens !== undefined &&
    isCount(tokens.prompt) &&
    isCount(tokens.completion) &&
    tokens.prompt + tokens.completion > 0
  );
}

function numberIn(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

/** What a request used, after its last byte. @param estimated what it was expected to use */
export function used(model: Priced | undefined, estimated: Amount, call: Call): Amount & { isEstimated: boolean } {
  const { report } = call;
  const nothing = { requests: 1, tokens: 0, images: 0, microUsd: 0, isEstimated: false };
  if (!model) return nothing;
  const { tokens, cache, images = 0 } = report;
  // The host may have done all of its work.
  const wasGivenUp = report.error === 'client_closed_request' || report.error === 'run_cancelled';
  if (wasGivenUp && report.attempts > 0 && !report.streamed) {
    return { ...estimated, isEstimated: true };
  }
  // A host that failed before its answer began has cost nothing.
  if (report.error && !report.streamed && !tokens && images === 0) return nothing;
  if (makesPictures(model)) return { ...priced(model, { ...NO_PARTS, images }, call), isEstimated: false };
  if (model.task === 'automatic-speech-recognition') {
    const parts = { ...NO_PARTS, ...(isUsed(tokens) ? tokens : {}), minutes: minutesOf(call) };
    return { ...priced(model, parts, call), isEstimated: report.seconds === undefined };
  }
  if (isUsed(tokens)) {
    return { ...priced(model, { ...NO_PARTS, ...tokens }, call), isEstimated: tokens.estimated === true };
  }
  if (cache && cache.misses === 0) return nothing;
  if (model.task === 'text-generation') return { ...estimated, isEstimated: true };
  const share = cache ? cache.misses / (cache.hits + cache.misses) : 1;
  const prompt = Math.ceil(promptTokens(call) * share);
  return { ...priced(model, { ...NO_PARTS, prompt }, call), isEstimated: true };
}

function priced(model: Priced, parts: Omit<Parts, 'requests'>, { settings }: Call): Amount {
  return {
    requests: 1,
    tokens: parts.prompt + parts.completion,
    images: parts.images,
    microUsd: microUsd(model, { ...parts, requests: 1 }, settings),
  };
}
