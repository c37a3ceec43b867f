import type { Call } from '../call/call.ts';
import type { Tokens } from '../call/outcome.ts';
import { promptTokens } from '../call/prompt-tokens.ts';
import type { JsonObject } from '../call/tasks.ts';
import { type Amount, amountOf, NOTHING, ONE_REQUEST } from './amount.ts';
import { microUsd, type Parts, type Priced } from './price.ts';

/**
 * Sound at 32 kbit/s: what voice recorders of phones write. Most files have fewer minutes than that, so that
 * a budget holds.
 */
const BYTES_PER_MINUTE = 240_000;
/**
 * Sound at 6 kbit/s: the least that a codec for speech needs. A file of a minute has no fewer bytes, whatever
 * a host says.
 */
const MIN_BYTES_PER_MINUTE = 45_000;
/** What an answer without a limit is expected to have at most. */
const COMPLETION_TOKENS = 1_024;

/**
 * What a request will use at most, as far as one can know before it runs.
 *
 * @throws RangeError if the body has numbers that its schema should have refused
 */
export function estimate(model: Priced | undefined, body: JsonObject, call: Call): Amount {
  if (!model) return requestOf(call);
  const images = makesPictures(model) ? numberIn(body.n, 1) : 0;
  const completion = model.task === 'text-generation' ? completionTokens(body) : 0;
  if (model.task === 'automatic-speech-recognition') {
    // Only some hosts count the tokens of sound. Those of the form are reserved, so that a budget that is
    // used up refuses.
    return priced(model, { ...NO_PARTS, prompt: promptTokens(call), minutes: soundOf(call).minutes }, call);
  }
  return priced(model, { prompt: promptTokens(call), completion, images, minutes: 0 }, call);
}

const makesPictures = ({ task }: Priced) => task === 'text-to-image' || task === 'image-to-image';

const NO_PARTS = { prompt: 0, completion: 0, images: 0, minutes: 0 };

/** The length of a request's sound: as the host said, if its file can be that long, or estimated. */
function soundOf({ outcome, upload }: Call): { minutes: number; isEstimated: boolean } {
  const bytes = upload?.bytes ?? 0;
  if (outcome.seconds === undefined) return { minutes: bytes / BYTES_PER_MINUTE, isEstimated: true };
  const said = outcome.seconds / 60;
  const most = bytes / MIN_BYTES_PER_MINUTE;
  return { minutes: Math.min(said, most), isEstimated: said > most };
}

/** For all answers of a request. Hosts that know `best_of` generate that many for each prompt. */
function completionTokens({ n, best_of, prompt, max_tokens, max_completion_tokens }: JsonObject): number {
  const prompts = Array.isArray(prompt) ? Math.max(1, prompt.length) : 1;
  const answers = Math.max(numberIn(n, 1), numberIn(best_of, 1)) * prompts;
  // Hosts differ in which of the two they take.
  const most = Math.max(numberIn(max_tokens, -1), numberIn(max_completion_tokens, -1));
  return answers * (most < 0 ? COMPLETION_TOKENS : most);
}

function isUsed(tokens: Tokens | undefined): tokens is Tokens {
  return tokens !== undefined && tokens.prompt + tokens.completion > 0;
}

function numberIn(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

/** What a request used. */
export interface Used {
  readonly amount: Amount;
  /** Whether the host did not say. */
  readonly isEstimated: boolean;
}

/**
 * What a request used, after its last byte.
 *
 * @param estimated what it was expected to use
 * @throws RangeError if what was reported cannot be counted
 */
export function used(model: Priced | undefined, estimated: Amount, call: Call): Used {
  const { outcome } = call;
  const nothing = { amount: requestOf(call), isEstimated: false };
  if (!model) return nothing;
  const { tokens, cache, images = 0 } = outcome;
  // All of it came from a cache.
  if (cache && cache.misses === 0) return nothing;
  // The host may have done all of its work.
  const wasGivenUp = outcome.error === 'client_closed_request' || outcome.error === 'run_cancelled';
  if (wasGivenUp && outcome.attempts > 0 && !outcome.bodyDone) {
    return { amount: estimated, isEstimated: true };
  }
  // A host that failed before its answer began has cost nothing.
  if (outcome.error && !outcome.bodyDone && !tokens && images === 0) return nothing;
  if (makesPictures(model)) return { amount: priced(model, { ...NO_PARTS, images }, call), isEstimated: false };
  if (model.task === 'automatic-speech-recognition') {
    const { minutes, isEstimated } = soundOf(call);
    const parts = { ...NO_PARTS, ...(isUsed(tokens) ? tokens : {}), minutes };
    return { amount: priced(model, parts, call), isEstimated };
  }
  if (isUsed(tokens)) {
    return { amount: priced(model, { ...NO_PARTS, ...tokens }, call), isEstimated: tokens.estimated === true };
  }
  if (model.task === 'text-generation') return { amount: estimated, isEstimated: true };
  const share = cache ? cache.misses / (cache.hits + cache.misses) : 1;
  const prompt = Math.ceil(promptTokens(call) * share);
  return { amount: priced(model, { ...NO_PARTS, prompt }, call), isEstimated: true };
}

/** A request that was counted before it ran is not one more: see runs/start-run.ts. */
const requestOf = ({ isCounted }: Call): Amount => (isCounted ? NOTHING : ONE_REQUEST);

function priced(model: Priced, parts: Omit<Parts, 'requests'>, call: Call): Amount {
  const { settings } = call;
  return amountOf({
    requests: requestOf(call).requests,
    tokens: parts.prompt + parts.completion,
    images: parts.images,
    microUsd: microUsd(model, { ...parts, requests: 1 }, settings),
  });
}
