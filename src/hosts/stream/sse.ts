/**
 * Server-sent events as this Worker writes them: one line of data each, JSON or `[DONE]`. Those of hosts: see
 * EventReader.
 */

const utf8 = new TextEncoder();
const LINE_END = /\r\n|\n|\r/;

/** The `data` of each complete event in a text. */
export function eventData(text: string): string[] {
  const lines = text.split(LINE_END);
  lines.pop();
  return lines.filter((line) => line.startsWith('data:')).map((line) => line.slice('data:'.length).trim());
}

/** What follows the last line end: the beginning of a line that was cut, or nothing. */
export function unfinishedLine(text: string): string {
  return text.slice(Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1);
}

export function encodeEvent(data: unknown): Uint8Array {
  return encode(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
}

export function encodeComment(text: string): Uint8Array {
  return encode(`: ${text}\n\n`);
}

export function encode(text: string): Uint8Array {
  return utf8.encode(text);
}

export const STREAM_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
};

/** Whether an answer is a stream of events. */
export const isEventStream = ({ headers }: Response): boolean =>
  /^text\/event-stream/i.test(headers.get('content-type') ?? '');

/** @returns the object of an event, or undefined if it has none: `[DONE]`, or something that is not JSON */
export function parseEvent(data: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(data);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
