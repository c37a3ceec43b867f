import { MAX_CACHE_SECONDS } from '../base/cache-seconds.ts';
import { ApiError } from '../base/errors.ts';
import type { Call } from '../call/call.ts';

export const CACHE_HEADER = 'X-Cedalion-Cache';
const DEFAULT_SECONDS = 300;

/** How a request asks for the cache. */
export interface Wish {
  /** The oldest answer that it takes, and how long its own is kept. */
  readonly seconds: number;
  /** `refresh` asks the host and stores; `only` never asks it. */
  readonly mode: 'use' | 'refresh' | 'only';
  readonly storesTools: boolean;
  readonly storesIncomplete: boolean;
}

/**
 * Reads whether an answer may come from the cache: the request says so, or else its prompt, or else its key.
 *
 * @returns undefined if not: nearly always. `none` if its key or prompt says so, but the request does not
 * want it
 * @throws ApiError `invalid_parameter`
 */
export function readWish({ received, promptCache, caller }: Call): Wish | 'none' | undefined {
  const header = received?.headers.get(CACHE_HEADER) ?? undefined;
  const asked = header === undefined ? undefined : readSeconds(header);
  const seconds = asked ?? promptCache?.seconds ?? caller.cacheSeconds;
  if (!received || seconds === undefined) return undefined;
  const { headers } = received;
  const directives = headers.get('cache-control') ?? '';
  if (seconds === 0 || /\bno-store\b/i.test(directives)) return 'none';
  return {
    seconds,
    mode: /\bonly-if-cached\b/i.test(directives) ? 'only' : /\bno-cache\b/i.test(directives) ? 'refresh' : 'use',
    storesTools: headers.get('x-cedalion-cache-tools') === 'true',
    storesIncomplete: headers.get('x-cedalion-cache-incomplete') === 'true',
  };
}

/** @returns 0 for `false` */
function readSeconds(value: string): number {
  if (value === 'true') return DEFAULT_SECONDS;
  if (value === 'false') return 0;
  const seconds = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (seconds >= 1 && seconds <= MAX_CACHE_SECONDS) return seconds;
  throw new ApiError(
    'invalid_parameter',
    `\`${CACHE_HEADER}\` must be seconds from 1 to ${MAX_CACHE_SECONDS}, true for ${DEFAULT_SECONDS}, or false.`,
    { param: CACHE_HEADER },
  );
}
