import { ApiError } from '../base/errors.ts';
import type { Outcome } from '../call/outcome.ts';
import { eventData, parseEvent } from '../hosts/stream/sse.ts';
import type { EventLog } from './event-log.ts';
import type { RunError } from './run-record.ts';
import { SseFramer } from './sse-framer.ts';

const READ_BYTES = 16 * 1024;

export interface Recorder {
  readonly outcome: Outcome;
  readonly maxBytes: number;
  /** The id of the run. */
  readonly id: string;
  readonly isStream: boolean;
  readonly log: EventLog;
  /** Gives the run up. */
  cancel(reason: ApiError): void;
}

/**
 * Records the body of an answer in the log, from which all readers get it.
 *
 * @returns what adds the last part, and returns the error with which a stream ended. It is to be called in
 * the same turn in which the end of the run is stored: whoever has seen all of an answer finds it in the
 * record, whatever happens to the process
 * @throws if the body breaks
 */
export async function recordAnswer(response: Response, recorder: Recorder): Promise<() => RunError | undefined> {
  const { log, outcome, id, isStream } = recorder;
  const add = isStream ? events(id, log) : bytes(log);
  await readAll(response, recorder, add.push);
  // The end of a stream is known a moment after its last byte: tokens, and whether a host cut it.
  await outcome.bodyDone?.catch(() => {});
  return () => {
    add.end();
    if (!isStream || outcome.error === undefined) return undefined;
    return add.error() ?? { message: 'The stream broke.', type: 'server_error', param: null, code: outcome.error };
  };
}

async function readAll(response: Response, recorder: Recorder, push: (chunk: Uint8Array) => void): Promise<void> {
  if (!response.body) return;
  const { log, maxBytes, isStream } = recorder;
  const reader = response.body.getReader({ mode: 'byob' });
  let room = new Uint8Array(READ_BYTES);
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read(room);
    if (done) return;
    length += value.byteLength;
    if (length > maxBytes) {
      const reason = tooLarge(maxBytes);
      recorder.cancel(reason);
      // A stream ends with an event that says so.
      if (!isStream) throw reason;
    }
    push(value);
    log.wake();
    room = new Uint8Array(value.buffer);
  }
}

function tooLarge(maxBytes: number): ApiError {
  const message = `The answer is larger than ${maxBytes} bytes, the limit of a run.`;
  return new ApiError('run_too_large', message, { headers: { 'x-should-retry': 'false' } });
}

interface Sink {
  push(chunk: Uint8Array): void;
  end(): void;
  /** The error in the last event. */
  error(): RunError | undefined;
}

function events(run: string, log: EventLog): Sink {
  const framer = new SseFramer(run);
  let last: Uint8Array | undefined;
  const add = (event: Uint8Array) => {
    last = event;
    log.addEvent(event);
  };
  return {
    push: (chunk) => framer.push(chunk).forEach(add),
    end: () => framer.end().forEach(add),
    error() {
      const data = eventData(new TextDecoder().decode(last)).at(-1) ?? '';
      const { error, response } = (parseEvent(data) ?? {}) as { error?: unknown; response?: { error?: unknown } };
      const failure = error ?? response?.error;
      return typeof failure === 'object' && failure !== null ? (failure as RunError) : undefined;
    },
  };
}

function bytes(log: EventLog): Sink {
  let held: Uint8Array | undefined;
  const release = () => {
    if (held) log.addBytes(held);
    held = undefined;
  };
  return {
    push(chunk) {
      release();
      // A copy: the memory of the chunk is used again.
      held = chunk.slice();
    },
    end: release,
    error: () => undefined,
  };
}
