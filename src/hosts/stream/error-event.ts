import type { parseEvent } from './sse.ts';

/** An error within a stream. */
export interface StreamError {
  readonly code: string;
  readonly message: string;
}

/** The error that an event is. Those of this API have OpenAI's shape; hosts also send a text, or leave out the code. */
export function errorIn(event: ReturnType<typeof parseEvent>): StreamError | undefined {
  const error = event?.error;
  if (!error) return undefined;
  const { code, message = error } = error as { code?: unknown; message?: unknown };
  return {
    code: typeof code === 'string' && code !== '' ? code : 'upstream_error',
    message: typeof message === 'string' ? message : 'The host reported an error.',
  };
}
