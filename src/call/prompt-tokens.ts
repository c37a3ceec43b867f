import type { Call } from './call.ts';

/** Text has about four bytes per token, more in most languages: the estimate is rather high. */
const BYTES_PER_TOKEN = 4;

/** The tokens of a request's body, estimated: for limits before it runs, and for hosts that do not count. */
export function promptTokens({ textBytes = 0 }: Pick<Call, 'textBytes'>): number {
  return Math.ceil(textBytes / BYTES_PER_TOKEN);
}
