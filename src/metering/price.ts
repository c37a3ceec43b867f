import type { Task } from '../call/tasks.ts';
import type { Settings } from '../settings/settings.ts';
import type { Price } from '../settings/settings-json.ts';

/**
 * What models without an entry in PRICES count as: rather high, so that a budget holds. Documented in
 * docs/operations.md.
 */
const DEFAULT_PRICES: Readonly<Record<Task, Price>> = {
  'text-generation': { input: 1, output: 4 },
  embedding: { input: 0.1 },
  'text-ranking': { input: 0.1 },
  moderation: { input: 0.1 },
  'text-to-image': { picture: 0.04 },
  'image-to-image': { picture: 0.04 },
  'zero-shot-image-classification': { request: 0.001 },
  'automatic-speech-recognition': { minute: 0.006 },
  'text-to-speech': { input: 60 },
};

/** What a model counts as: the operator's price of it, or the default of its task. */
export function priceOf({ id, task }: Priced, { prices }: Settings): Price {
  return prices[id] ?? DEFAULT_PRICES[task];
}

export interface Priced {
  readonly id: string;
  readonly task: Task;
}

/** What is paid for. */
export interface Parts {
  readonly prompt: number;
  /** Of the prompt: what the host read from a cache of its own. */
  readonly cached?: number;
  readonly completion: number;
  readonly images: number;
  /** Of sound. */
  readonly minutes: number;
  readonly requests: number;
}

/**
 * What a request used, in millionths of a USD, rounded up; at most what can be counted, which is more than
 * any budget has.
 */
export function microUsd(
  model: Priced,
  { prompt, cached = 0, completion, images, minutes, requests }: Parts,
  settings: Settings,
): number {
  const { input = 0, cached_input = input, output = 0, ...other } = priceOf(model, settings);
  const { picture = 0, minute = 0, request = 0 } = other;
  // A price per million tokens is a number of millionths per token.
  const tokens = (prompt - cached) * input + cached * cached_input + completion * output;
  const cost = tokens + (images * picture + minutes * minute + requests * request) * 1e6;
  return Math.min(Math.ceil(cost), Number.MAX_SAFE_INTEGER);
}
