import type { ApiError } from '../../base/errors.ts';
import type { Call } from '../../call/call.ts';
import { hostTokens } from '../../call/host-counts.ts';
import { promptTokens } from '../../call/prompt-tokens.ts';
import { UpstreamFailure } from '../upstream/failure.ts';
import { closeJson } from './close-json.ts';
import { encode, encodeEvent, eventData, parseEvent } from './sse.ts';

export interface StreamEnd {
  done: boolean;
  /** The host's own last event is an error that clients understand. */
  failed: boolean;
  usage?: { prompt: number; completion: number };
  finishReason?: string;
}

/** Usage, finish reason and `[DONE]` are in the last events: more lines than these are not looked at. */
const LAST_LINES = 16;

/** What the last events of a stream say. */
export function readEnd(text: string): StreamEnd {
  const end: StreamEnd = { done: false, failed: false };
  for (const data of eventData(`${lastLines(text)}\n`)) {
    if (data === '[DONE]') {
      end.done = true;
      continue;
    }
    const event = parseEvent(data);
    if (!event) continue;
    if (typeof event.error === 'object' && event.error !== null) end.failed = true;
    // Streams of speech and of transcripts end with an event of their own.
    if (event.type === 'speech.audio.done' || event.type === 'transcript.text.done') end.done = true;
    const usage = event.usage as Record<string, unknown> | null | undefined;
    if (usage) {
      const { prompt_tokens, completion_tokens, input_tokens, output_tokens } = usage;
      const tokens = hostTokens(prompt_tokens ?? input_tokens, completion_tokens ?? output_tokens);
      if (tokens) end.usage = tokens;
    }
    const [choice] = Array.isArray(event.choices) ? event.choices : [];
    if (typeof choice?.finish_reason === 'string') end.finishReason = choice.finish_reason;
  }
  return end;
}

/**
 * Tokens of a stream whose host did not say, because the caller did not ask for it. Hosts send one event per token, or nearly.
 * Asking the host anyway would add an event that has to be taken out again, which wakes JavaScript for every event: see
 * docs/decisions/2026-11-24-estimate-the-usage-of-streams.md.
 *
 * @param text the end of the stream
 */
export function estimateTokens(text: string, totalBytes: number, call: Call): NonNullable<Call['report']['tokens']> {
  const events = text.split('\ndata:').length;
  const completion = Math.ceil((events * totalBytes) / Math.max(text.length, 1));
  return { prompt: promptTokens(call), completion, estimated: true };
}

function lastLines(text: string): string {
  let start = text.length;
  for (let lines = 0; lines < LAST_LINES && start > 0; ) {
    start = Math.max(text.lastIndexOf('\n', start - 1), text.lastIndexOf('\r', start - 1));
    // Empty lines separate events, and do not count.
    if (start >= 0 && !/[\r\n]/.test(text.charAt(start - 1))) lines++;
  }
  return text.slice(Math.max(start, 0));
}

/** Stands for an unknown rest of a line: an empty line must follow it. */
export const MIDDLE_OF_LINE = '?';

/** Ends the client's stream. After a failure it completes an event that was cut, and sends an error event. */
export async function finish(
  writable: WritableStream<Uint8Array>,
  call: Call,
  failure: ApiError | undefined,
  unfinished: string,
): Promise<void> {
  if (failure) call.report.error = failure.code;
  try {
    const writer = writable.getWriter();
    if (failure && failure.code !== 'client_closed_request') {
      // An empty line must come before the error: the last event may lack its own.
      await writer.write(encode(unfinished === '' ? '\n' : endOfLine(unfinished, failure)));
      await writer.write(encodeEvent(failure.body));
    } else if (unfinished !== '') {
      // A strict reader would drop an event that ends with the stream, without its empty line.
      await writer.write(encode('\n\n'));
    }
    await writer.close();
  } catch {
    // The client is gone.
  }
}

/**
 * Completes an event of which half has been sent. As an object that contains the error it is one that OpenAI's SDKs raise.
 * If it cannot be completed, the line becomes one that readers ignore or fail on.
 */
function endOfLine(unfinished: string, failure: ApiError): string {
  const object = /^data:\s*(\{.*)$/.exec(unfinished)?.[1];
  const member = JSON.stringify(failure.body).slice(1, -1);
  const rest = object === undefined ? undefined : closeJson(object, member);
  return `${rest ?? ''}\n\n`;
}

export function cut(name: string): UpstreamFailure {
  return new UpstreamFailure('stream-cut', `The host ${name} ended the stream before it was complete.`);
}

export function tooMuch(name: string): UpstreamFailure {
  return new UpstreamFailure(
    'answer-too-large',
    `The host ${name} sent faster, or a longer line, than a text model does.`,
  );
}
