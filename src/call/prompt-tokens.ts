import type { Call } from './call.ts';

/** Text has about four bytes per token, more in most languages: the estimate is rather high. */
const BYTES_PER_TOKEN = 4;
/** Hosts count 85 to 1,600 tokens for a picture, whatever the length of its file. */
const TOKENS_PER_PICTURE = 1_000;

/** The tokens of a request's body, estimated: for limits before it runs, and for hosts that do not count. */
export function promptTokens({ textBytes = 0, pictures = 0 }: Pick<Call, 'textBytes' | 'pictures'>): number {
  return Math.ceil(textBytes / BYTES_PER_TOKEN) + pictures * TOKENS_PER_PICTURE;
}
