import type { ApiError } from '../../base/errors.ts';
import type { Call } from '../../call/call.ts';
import { usageTokens } from '../../call/host-counts.ts';
import type { Tokens } from '../../call/outcome.ts';
import { promptTokens } from '../../call/prompt-tokens.ts';
import { invalidAnswer, UpstreamFailure } from '../upstream/failure.ts';
import type { HostError } from '../upstream/host-error.ts';
import { closeJson } from './close-json.ts';
import { EventReader } from './event-reader.ts';
import { encode, encodeEvent, parseEvent } from './sse.ts';

export interface StreamEnd {
  /** The stream says that it is complete. */
  readonly done: boolean;
  /** It does not say so, but each of its choices has ended. */
  readonly finished: boolean;
  /** The host's own error. */
  readonly error?: HostError;
  /** Whether clients understand the error: OpenAI's SDKs raise events with an `error`, and no other. */
  readonly isTold: boolean;
  readonly isUnreadable: boolean;
  readonly usage?: Tokens;
  readonly finishReason?: string;
}

/** Usage, finish reason and `[DONE]` are in the last events: more lines than these are rarely looked at. */
const LAST_LINES = 16;

/**
 * What the last events of a stream say.
 *
 * @param text the end of the stream, from the beginning of a line
 */
export function readEnd(text: string): StreamEnd {
  const last = readEvents(lastLines(text));
  if (last.done || last.error || last.isUnreadable) return last;
  // The choices of a stream that just ends may have ended at different times.
  return readEvents(text);
}

function readEvents(text: string): StreamEnd {
  const end: { -readonly [Name in keyof StreamEnd]: StreamEnd[Name] } = {
    ...{ done: false, finished: false, isTold: false, isUnreadable: false },
  };
  const open = new Map<unknown, boolean>();
  const reader = new EventReader();
  const items = [...reader.readText(`${text}\n`), ...reader.end()];
  for (const [i, item] of items.entries()) {
    if (item.kind === 'done') end.done = true;
    // The text may begin within an event of several lines, and end within one that was cut.
    if (item.kind === 'unreadable' && i > 0 && i < items.length - 1) end.isUnreadable = true;
    if (item.kind !== 'event' && item.kind !== 'failed') continue;
    const event = (item.kind === 'event' ? item.json : (parseEvent(item.data) ?? {})) as EndEvent;
    if (item.kind === 'failed') {
      end.error ??= item.error;
      end.isTold ||= Boolean(event.error);
    }
    // Streams of speech and of transcripts end with an event of their own.
    if (event.type === 'speech.audio.done' || event.type === 'transcript.text.done') end.done = true;
    const { usage } = event;
    if (usage) {
      const tokens = usageTokens(usage);
      if (tokens) end.usage = tokens;
    }
    for (const [at, choice] of (Array.isArray(event.choices) ? event.choices : []).entries()) {
      const reason = choice?.finish_reason;
      const hasEnded = typeof reason === 'string' && reason !== '';
      open.set(choice?.index ?? at, !hasEnded);
      if (hasEnded && at === 0) end.finishReason = reason;
    }
  }
  end.finished = open.size > 0 && ![...open.values()].includes(true);
  return end;
}

/** What is read of an event. A host may leave out, or change, any of it. */
interface EndEvent {
  readonly type?: unknown;
  readonly error?: unknown;
  readonly usage?: Readonly<Record<string, unknown>> | null;
  readonly choices?: readonly ({ readonly index?: unknown; readonly finish_reason?: unknown } | null)[];
}

/**
 * Tokens of a stream whose host did not say, because the caller did not ask for it. Hosts send one event per
 * token, or nearly. Asking the host anyway would add an event that has to be taken out again, which wakes
 * JavaScript for every event: see docs/decisions/2026-11-24-estimate-the-usage-of-streams.md.
 *
 * @param text the end of the stream
 */
export function estimateTokens(text: string, totalBytes: number, call: Call): Tokens {
  const events = text.split('\ndata:').length;
  const completion = Math.ceil((events * totalBytes) / Math.max(text.length, 1));
  return { prompt: promptTokens(call), completion, estimated: true };
}

function lastLines(text: string): string {
  // Each look for one that is not there would go through all of the text.
  const hasCr = text.includes('\r');
  let start = text.length;
  for (let lines = 0; lines < LAST_LINES && start > 0; ) {
    const lf = text.lastIndexOf('\n', start - 1);
    start = hasCr ? Math.max(lf, text.lastIndexOf('\r', start - 1)) : lf;
    // Empty lines separate events, and do not count.
    const before = text[start - 1];
    if (start >= 0 && before !== '\n' && before !== '\r') lines++;
  }
  return text.slice(Math.max(start, 0));
}

interface Unfinished {
  /** The beginning of a line that was sent. */
  readonly unfinished?: string;
  /** The stream is complete, and does not say so. */
  readonly needsDone?: boolean;
}

/** Ends the client's stream. After a failure it completes an event that was cut, and sends an error event. */
export async function finish(
  writable: WritableStream<Uint8Array>,
  call: Call,
  failure: ApiError | undefined,
  { unfinished = '', needsDone = false }: Unfinished = {},
): Promise<void> {
  if (failure) call.outcome.fail(failure.code);
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
    if (needsDone && !failure) await writer.write(encode(`${unfinished === '' ? '\n' : ''}data: [DONE]\n\n`));
    await writer.close();
  } catch {
    // The client is gone.
  }
}

/**
 * Completes an event of which half has been sent. As an object that contains the error it is one that
 * OpenAI's SDKs raise. If it cannot be completed, the line becomes one that readers ignore or fail on.
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

export function unreadable(name: string): UpstreamFailure {
  return invalidAnswer(name, 'with an event that is not JSON');
}

export function tooMuch(name: string): UpstreamFailure {
  return new UpstreamFailure(
    'answer-too-large',
    `The host ${name} sent faster, or a longer line, than a text model does.`,
  );
}
