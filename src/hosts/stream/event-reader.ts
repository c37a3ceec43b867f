import { isObject } from '../../base/is-object.ts';
import { MAX_TEXT_ANSWER_BYTES } from '../../base/sizes.ts';
import { failureIn, type HostError } from '../upstream/host-error.ts';

const LINE_END = /\r\n|\n|\r/;
/** Events that only keep a connection alive. Their data need not be JSON. */
const IDLE = /^(ping|heart-?beat|keep-?alive)$/i;

/** What a stream of a host says, in the order in which it came. */
export type StreamItem =
  | { readonly kind: 'comment'; readonly text: string }
  | { readonly kind: 'event'; readonly json: Record<string, unknown>; readonly data: string }
  | { readonly kind: 'failed'; readonly error: HostError; readonly data: string }
  /** Data that is not JSON, or longer than any event. */
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'done' };

/**
 * Reads server-sent events whose data is JSON or `[DONE]`, from bytes that can be cut anywhere. Several
 * `data` lines are joined, up to the empty line
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation). Some things
 * are as hosts are, not as the standard says: a line that is complete JSON is an event at once, since some
 * hosts separate events by a single line end; the field `error` of llama.cpp before b6516 is an event named
 * so; and an error may come as JSON without `data:`.
 *
 * Why no library: docs/decisions/2026-12-01-read-events-by-hand.md
 */
export class EventReader {
  #decoder: TextDecoder | undefined;
  #rest = '';
  #endsInCr = false;
  #name = '';
  /** `data` lines of an event that is not complete. */
  #lines: string[] = [];
  #characters = 0;
  /** JSON that is no event: Gemini breaks off with an error that has no `data:` before it. */
  #bare = '';
  #holdsUnreadable = false;

  /** @returns what is complete now */
  read(chunk: Uint8Array): StreamItem[] {
    // Creating one takes 4 us or more: those who have texts need none.
    this.#decoder ??= new TextDecoder();
    return this.readText(this.#decoder.decode(chunk, { stream: true }));
  }

  /**
   * The same for a text.
   *
   * @param onlyFirst whether only comments, and what comes after them, are wanted: the rest of the text is
   * not read then
   */
  readText(piece: string, onlyFirst = false): StreamItem[] {
    const end = Math.max(piece.lastIndexOf('\n'), piece.lastIndexOf('\r')) + 1;
    if (end === 0) {
      this.#rest += piece;
      return this.#rest.length > MAX_TEXT_ANSWER_BYTES ? [UNREADABLE] : [];
    }
    let text = this.#rest + piece.slice(0, end);
    this.#rest = piece.slice(end);
    // The second half of a line end that was cut.
    if (this.#endsInCr && text.startsWith('\n')) text = text.slice(1);
    this.#endsInCr = text.endsWith('\r');
    // By a pattern it takes three times as long.
    const lines = text.includes('\r') ? text.split(LINE_END) : text.split('\n');
    lines.pop();
    const items: StreamItem[] = [];
    for (const line of lines) {
      this.#readLine(line, items);
      if (onlyFirst && items.length > 0 && items.at(-1)?.kind !== 'comment') break;
    }
    return items;
  }

  /** @returns what a stream that has ended did not complete by an empty line */
  end(): StreamItem[] {
    const items: StreamItem[] = [];
    if (this.#rest !== '') this.#readLine(this.#rest, items);
    this.#rest = '';
    this.#dispatch(items);
    if (this.#holdsUnreadable) items.push(UNREADABLE);
    return items;
  }

  /** An event that was cut is followed by the error that says why: what cannot be read waits for that. */
  #push(item: StreamItem | undefined, items: StreamItem[]): void {
    if (!item) return;
    if (this.#holdsUnreadable && item.kind !== 'comment') {
      this.#holdsUnreadable = false;
      if (item.kind !== 'failed') items.push(UNREADABLE);
    }
    if (item.kind === 'unreadable') this.#holdsUnreadable = true;
    else items.push(item);
  }

  #readLine(line: string, items: StreamItem[]): void {
    if (line === '') {
      this.#dispatch(items);
    } else if (line.startsWith('data:')) {
      this.#readData(line.slice('data:'.length).trim(), items);
    } else if (line.startsWith(':')) {
      this.#push({ kind: 'comment', text: line }, items);
    } else if (line.startsWith('event:')) {
      this.#name = line.slice('event:'.length).trim();
    } else if (line.startsWith('error:')) {
      this.#dispatch(items);
      this.#push(unsaid(itemIn(line.slice('error:'.length).trim(), 'error', true)), items);
    } else if (this.#bare !== '' || line.startsWith('{')) {
      this.#bare += line;
    }
  }

  #readData(data: string, items: StreamItem[]): void {
    if (this.#lines.length === 0) {
      const item = itemIn(data, this.#name, false);
      // The name is kept up to the empty line: it can be that of more lines.
      if (item?.kind !== 'unreadable') {
        this.#push(item, items);
        return;
      }
    }
    this.#lines.push(data);
    this.#characters += data.length;
    if (this.#characters > MAX_TEXT_ANSWER_BYTES) items.push(UNREADABLE);
  }

  #dispatch(items: StreamItem[]): void {
    const name = this.#name;
    const lines = this.#lines;
    const bare = itemIn(this.#bare, '', true);
    if (bare?.kind === 'failed') this.#push(unsaid(bare), items);
    this.#bare = '';
    this.#name = '';
    if (lines.length === 0) return;
    this.#lines = [];
    this.#characters = 0;
    const joined = itemIn(lines.join('\n'), name, true);
    const each = joined?.kind === 'unreadable' ? lines.map((line) => itemIn(line, name, true)) : [];
    const areEvents = each.length > 1 && each.every((item) => item?.kind !== 'unreadable');
    for (const item of areEvents ? each : [joined]) this.#push(item, items);
  }
}

/** An error that is no `data` of an event: other readers do not see it. */
const unsaid = (item?: StreamItem) => (item?.kind === 'failed' ? { ...item, data: '' } : item);

const UNREADABLE = { kind: 'unreadable' } as const;

/** @param isWhole whether nothing more of the event can follow. @returns undefined for what says nothing */
function itemIn(data: string, name: string, isWhole: boolean): StreamItem | undefined {
  if (data === '[DONE]') return { kind: 'done' };
  if (data === '') return undefined;
  const isError = name === 'error';
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    if (!isWhole) return UNREADABLE;
    const words = isError ? data : /^error:\s*(.+)/is.exec(data)?.[1];
    if (words !== undefined) return { kind: 'failed', error: { message: words }, data };
    return IDLE.test(name) ? undefined : UNREADABLE;
  }
  const error = failureIn(json, isError);
  if (error) return { kind: 'failed', error, data };
  // Some hosts send `data: null` to keep a connection alive.
  if (json === null) return undefined;
  return isObject(json) ? { kind: 'event', json, data } : UNREADABLE;
}
