import type { JsonObject } from '../../call/tasks.ts';
import type { Output } from './output.ts';

/**
 * The texts of an output: the list of their item that they are in, the names of their events, the field of
 * their text.
 */
const TEXTS = {
  output_text: { list: 'content', part: 'response.content_part', text: 'response.output_text', field: 'text' },
  refusal: { list: 'content', part: 'response.content_part', text: 'response.refusal', field: 'refusal' },
  // A host's own reasoning. As a summary, every client shows it.
  summary_text: {
    ...{ list: 'summary', part: 'response.reasoning_summary_part' },
    ...{ text: 'response.reasoning_summary_text', field: 'text' },
  },
} as const;
export type TextKind = keyof typeof TEXTS;

/** A text that is being written. */
interface OpenText {
  readonly kind: TextKind;
  readonly item: JsonObject;
  readonly place: { readonly item_id: unknown; readonly output_index: number };
  /** An event with more of it, up to its number: they are nearly all events of a response. */
  readonly deltaHead: string;
  text: string;
  logprobs: unknown[];
  readonly annotations: JsonObject[];
}

/**
 * Writes the texts of a response as items. At most one is open. White space before a text waits until there
 * is more of it: models write some between their calls of functions, which is no message.
 */
export class OutputTexts {
  readonly #output: Output;
  #open: OpenText | undefined;
  #blank = { text: '', logprobs: [] as unknown[] };

  constructor(output: Output) {
    this.#output = output;
  }

  write(kind: TextKind, delta: unknown, logprobs?: unknown[] | null): void {
    if (typeof delta !== 'string' || delta === '') return;
    this.#output.count(delta.length);
    if (kind !== 'output_text' || this.#open?.kind === kind) {
      this.#add(kind, delta, logprobs ?? undefined);
      return;
    }
    const blank = this.#blank;
    blank.text += delta;
    if (logprobs) for (const entry of logprobs) blank.logprobs.push(entry);
    if (delta.trim() !== '') this.writeBlank();
  }

  /** Writes the white space that waits, if there is some. */
  writeBlank(): void {
    const { text, logprobs } = this.#blank;
    this.#blank = { text: '', logprobs: [] };
    if (text !== '') this.#add('output_text', text, logprobs.length > 0 ? logprobs : undefined);
  }

  /** Begins a text without any of it. */
  begin(kind: TextKind): void {
    this.close('completed');
    const { list, part, text } = TEXTS[kind];
    const isMessage = list === 'content';
    const item: JsonObject = {
      id: this.#output.newId(isMessage ? 'msg' : 'rs'),
      type: isMessage ? 'message' : 'reasoning',
      status: 'in_progress',
      ...(isMessage && { role: 'assistant' }),
      [list]: [],
    };
    const place = { item_id: item.id, output_index: this.#output.begin(item), [`${list}_index`]: 0 };
    this.#output.events.emit(`${part}.added`, { ...place, part: partOf(kind, '', { logprobs: [], annotations: [] }) });
    const head = JSON.stringify({ type: `${text}.delta`, ...place });
    const deltaHead = `event: ${text}.delta\ndata: ${head.slice(0, -1)},"sequence_number":`;
    this.#open = { kind, item, place, deltaHead, text: '', logprobs: [], annotations: [] };
  }

  /** Ends the text that is open, if there is one. */
  close(status: string): void {
    const open = this.#open;
    if (!open) return;
    const { place, kind } = open;
    const { part, text, field } = TEXTS[kind];
    const whole = finish(open, status);
    const more = kind === 'output_text' ? { logprobs: open.logprobs } : {};
    const { events } = this.#output;
    events.emit(`${text}.done`, { ...place, [field]: open.text, ...more });
    events.emit(`${part}.done`, { ...place, part: whole });
    this.#output.end(place.output_index);
    this.#open = undefined;
  }

  /** Adds a citation to the text. Hosts send citations with the text or behind it. */
  annotate(annotation: JsonObject): void {
    if (this.#open?.kind !== 'output_text') this.begin('output_text');
    const { place, annotations } = this.#open as OpenText;
    const annotation_index = annotations.push(annotation) - 1;
    this.#output.events.emit('response.output_text.annotation.added', { ...place, annotation_index, annotation });
  }

  /** Leaves the text that is open as it is: the host has broken off. */
  breakOff(): void {
    if (this.#open) finish(this.#open, 'incomplete');
  }

  #add(kind: TextKind, delta: string, logprobs?: unknown[]): void {
    if (this.#open?.kind !== kind) this.begin(kind);
    const open = this.#open;
    if (!open) return;
    open.text += delta;
    if (logprobs) for (const entry of logprobs) open.logprobs.push(entry);
    const { events } = this.#output;
    if (!events.isStreamed) return;
    const probabilities = logprobs ? JSON.stringify(logprobs) : '[]';
    // An answer has hundreds of times as much of them.
    if (logprobs) this.#output.count(probabilities.length);
    const more = kind === 'output_text' ? `,"logprobs":${probabilities}` : '';
    events.emitDelta(open.deltaHead, `,"delta":${JSON.stringify(delta)}${more}}`);
  }
}

function finish({ kind, item, text, logprobs, annotations }: OpenText, status: string): JsonObject {
  const part = partOf(kind, text, { logprobs, annotations });
  item[TEXTS[kind].list] = [part];
  item.status = status;
  return part;
}

/** The part of an item that has a text. */
function partOf(type: TextKind, text: string, more: { logprobs: unknown[]; annotations: JsonObject[] }): JsonObject {
  return { type, [TEXTS[type].field]: text, ...(type === 'output_text' && more) };
}
