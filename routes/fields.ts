import * as z from 'zod/mini';
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
