import * as z from 'zod/mini';
import { fillIn } from '../src/base/bytes/large-strings.ts';
import type { Placeholders } from '../src/base/bytes/placeholders.ts';
import { ApiError } from '../src/base/errors.ts';
import { lazy } from '../src/base/lazy.ts';
import { MAX_COSINES, MAX_ITEMS } from '../src/base/sizes.ts';
import { NO_CONTROLS } from '../src/base/text.ts';
import { MAX_ANSWER_TOKENS } from '../src/call/host-counts.ts';
import { itemSchema } from '../src/intake/items.ts';
import { type Check, isCount, isFlag, isInRange, usual } from '../src/intake/usual.ts';
import type { CachedEmbeddings } from '../src/vectors/embedding/embed-items.ts';

/** Fields that several routes share, created when a route first needs its schema. */

/** The text that stands for a label, unless a request has another one. */
export const DEFAULT_TEMPLATE = 'a photo of a {}';

export const modelName = () =>
  z
    .string()
    .check(z.minLength(1), z.maxLength(200), z.regex(NO_CONTROLS, { error: 'must not contain control characters' }));
export const flag = () => z.optional(z.nullable(z.boolean()));
/** Asks for pictures that do not say what made them. */
export const noMarks = () => z.optional(z.nullable(z.literal('none')));
export const count = (least: number, most: number) => z.int().check(z.gte(least), z.lte(most));

export const pictureSize = () =>
  z.optional(
    z.nullable(
      z.string().check(z.regex(/^(\d{1,5}x\d{1,5}|auto)$/, { error: 'must be <width>x<height> in pixels, or auto' })),
    ),
  );

/** Entries of a list that comes in pages. */
export const DEFAULT_PAGE = 20;
export const pageLimit = () => z.optional(count(1, 100));

const maxTokens = () => z.optional(z.nullable(count(0, MAX_ANSWER_TOKENS)));
const answers = () => z.optional(z.nullable(count(1, 128)));

/** Sampling parameters of chat and legacy completions. Hosts take different others: unknown fields pass. */
export const sampling = lazy(() => ({
  model: modelName(),
  stream: flag(),
  stream_options: z.optional(z.nullable(z.looseObject({ include_usage: flag() }))),
  max_tokens: maxTokens(),
  max_completion_tokens: maxTokens(),
  temperature: z.optional(z.nullable(z.number().check(z.gte(0), z.lte(2)))),
  top_p: z.optional(z.nullable(z.number().check(z.gte(0), z.lte(1)))),
  n: answers(),
  // Hosts that know it generate that many. What is reserved is multiplied by it: metering/meter.ts.
  best_of: answers(),
  seed: z.optional(z.nullable(z.int())),
  stop: z.optional(
    z.nullable(z.union([z.string(), z.array(z.string())], { error: 'must be a string or an array of strings' })),
  ),
}));

/** How many results an answer has: Cohere and Jina call it `top_n`, others `top_k`. */
export const topFields = (most: number) => ({
  top_n: z.optional(z.nullable(count(1, most))),
  top_k: z.optional(z.nullable(count(1, most))),
});

interface Top {
  readonly top_n?: number | null | undefined;
  readonly top_k?: number | null | undefined;
}

/** @throws ApiError `invalid_parameter` if the two names have different numbers */
export function topOf({ top_n, top_k }: Top): number | undefined {
  if (top_n != null && top_k != null && top_n !== top_k) {
    throw new ApiError('invalid_parameter', '`top_k` and `top_n` are names of one field: send one of them.', {
      param: 'top_k',
    });
  }
  return top_n ?? top_k ?? undefined;
}

export const itemOrItems = (more = '') =>
  z.union([itemSchema(), items()], {
    error: `must be an item or an array of 1 to ${MAX_ITEMS} items, each a text or a picture and not both${more}`,
  });
export const items = () => z.array(itemSchema()).check(z.minLength(1), z.maxLength(MAX_ITEMS));

/** A document as it was sent: with the picture that a placeholder stands for. */
export function asSent(document: unknown, large: Placeholders | undefined): unknown {
  return large ? fillIn(document, large, () => false) : document;
}

/** Sampling parameters with usual values. */
export const usualSampling: Readonly<Record<string, Check>> = {
  stream: isFlag,
  max_tokens: isCount(0, MAX_ANSWER_TOKENS),
  temperature: isInRange(0, 2),
  top_p: isInRange(0, 1),
  n: isCount(1, 128),
  stream_options: usual({}, { include_usage: isFlag }),
};

/**
 * The cost of an answer: tokens of the misses only, since those of the hits were paid by an earlier request.
 */
export function usageOf({ promptTokens, hits, misses }: CachedEmbeddings) {
  return { prompt_tokens: promptTokens, total_tokens: promptTokens, cache_hits: hits, cache_misses: misses };
}

/** What the cache did, in the form of RFC 9211. */
export function cacheStatus({ hits, misses, cache }: CachedEmbeddings): string {
  const detail = `detail="hits=${hits} misses=${misses}"`;
  if (cache === 'none') return `embeddings; fwd=request; ${detail}`;
  if (misses === 0) return `embeddings; hit; ${detail}`;
  const forward = cache === 'refresh' ? 'request' : hits > 0 ? 'partial' : 'miss';
  return `embeddings; fwd=${forward}; stored; ${detail}`;
}

/** @throws ApiError if a request whose lists count together has too many items */
export function requireCount(items: number): void {
  if (items <= MAX_ITEMS) return;
  throw new ApiError(
    'invalid_parameter',
    `The request has ${items} items and prompts; at most ${MAX_ITEMS} are allowed.`,
  );
}

type Counted = readonly [field: string, count: number];

/** @throws ApiError if a request would compare too many pairs */
export function requirePairs([leftName, left]: Counted, [rightName, right]: Counted): void {
  if (left * right <= MAX_COSINES) return;
  throw new ApiError(
    'invalid_parameter',
    `The request compares ${left} x ${right} items; at most ${MAX_COSINES} pairs are allowed. Send fewer \`${leftName}\` or \`${rightName}\` at a time.`,
    { param: leftName },
  );
}
