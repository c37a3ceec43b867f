import * as z from 'zod/mini';
import type { CachedEmbeddings } from '../src/embedding/embed-items.ts';
import type { CacheUse } from '../src/embedding/load-items.ts';
import { ApiError } from '../src/errors.ts';
import { type Attachments, type Item, readItem, type WireItem } from '../src/intake/items.ts';
import { lazy } from '../src/lazy.ts';

/** Fields that several routes share, made when a route first needs its schema. */

export const modelName = () => z.string().check(z.minLength(1), z.maxLength(200));
export const flag = () => z.optional(z.nullable(z.boolean()));
export const count = (least: number, most: number) => z.int().check(z.gte(least), z.lte(most));

/** Sampling, as chat and legacy completions have it. Hosts differ in what else they take: unknown fields pass. */
export const sampling = lazy(() => ({
  model: modelName(),
  stream: flag(),
  stream_options: z.optional(z.nullable(z.looseObject({ include_usage: flag() }))),
  max_tokens: z.optional(z.nullable(count(0, 10_000_000))),
  temperature: z.optional(z.nullable(z.number().check(z.gte(0), z.lte(2)))),
  top_p: z.optional(z.nullable(z.number().check(z.gte(0), z.lte(1)))),
  n: z.optional(z.nullable(count(1, 128))),
  seed: z.optional(z.nullable(z.int())),
  stop: z.optional(
    z.nullable(z.union([z.string(), z.array(z.string())], { error: 'must be a string or an array of strings' })),
  ),
}));

export const MOST_ITEMS = 2048;

/** Reads one item or a list of them; paths are `input` or `input[3]`. */
export function readItems(wire: WireItem | readonly WireItem[], field: string, attachments: Attachments): Item[] {
  if (!isList(wire)) return [readItem(wire, field, attachments)];
  return wire.map((item, i) => readItem(item, `${field}[${i}]`, attachments));
}

export function isList(wire: WireItem | readonly WireItem[]): wire is readonly WireItem[] {
  return Array.isArray(wire);
}

/** What an answer says of its cost: tokens of the misses, since the hits were read in an earlier request. */
export function usageOf(...parts: readonly CachedEmbeddings[]) {
  const sum = (pick: (part: CachedEmbeddings) => number) => parts.reduce((total, part) => total + pick(part), 0);
  const promptTokens = sum((part) => part.promptTokens);
  return {
    prompt_tokens: promptTokens,
    total_tokens: promptTokens,
    cache_hits: sum((part) => part.hits),
    cache_misses: sum((part) => part.misses),
  };
}

/** What the cache did, as RFC 9211 says it. */
export function cacheStatus({ cache_hits, cache_misses }: ReturnType<typeof usageOf>, cache: CacheUse): string {
  const detail = `detail="hits=${cache_hits} misses=${cache_misses}"`;
  if (cache === 'none') return `embeddings; fwd=request; ${detail}`;
  if (cache_misses === 0) return `embeddings; hit; ${detail}`;
  const forward = cache === 'refresh' ? 'request' : cache_hits > 0 ? 'partial' : 'miss';
  return `embeddings; fwd=${forward}; stored; ${detail}`;
}

/** @throws ApiError where a request whose lists are counted together has too many items */
export function requireCount(items: number): void {
  if (items <= MOST_ITEMS) return;
  throw new ApiError(
    'invalid_parameter',
    `The request has ${items} items and prompts; at most ${MOST_ITEMS} are allowed.`,
  );
}
