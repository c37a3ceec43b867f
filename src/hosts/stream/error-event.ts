import type { StreamItem } from './event-reader.ts';

/** An error within a stream. */
export interface StreamError {
  readonly code: string;
  readonly message: string;
}

/**
 * The error that an item of a stream is. Errors of this Worker have a code; hosts also send a text, or leave
 * out the code.
 */
export function errorOf(item: StreamItem): StreamError | undefined {
  if (item.kind === 'unreadable') {
    return { code: 'upstream_invalid_answer', message: 'The host of the model sent an event that is not JSON.' };
  }
  if (item.kind !== 'failed') return undefined;
  const { code = 'upstream_error', message } = item.error;
  return { code, message: message || 'The host reported an error.' };
}
