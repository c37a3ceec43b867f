import { MAX_TEXT_ANSWER_BYTES } from '../../base/sizes.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { contentPieces } from '../../hosts/protocols/chat-content.ts';
import { invalidAnswer, UpstreamFailure } from '../../hosts/upstream/failure.ts';
import type { ChatChoice, ChatDelta, ChatPiece, ChatToolCall } from './chat-answer.ts';
import { type OpenText, partOf, TEXTS, type TextKind } from './output-texts.ts';
import { type ResponseObject, usageOf } from './response.ts';

/** Why an answer ended that is not all that the model had to say. */
const INCOMPLETE: Readonly<Record<string, string>> = { length: 'max_output_tokens', content_filter: 'content_filter' };

/** What the pieces of a `content` become. */
const KINDS = { text: 'output_text', thinking: 'summary_text', refusal: 'refusal' } as const;

/** Events are sent together up to this length. */
const PIECE_CHARACTERS = 64 * 1024;

/**
 * Writes a response from the pieces of a chat answer, as they come: the events of its stream, and the response itself. A
 * complete answer is one piece, of which nobody gets the events.
 */
export class ResponseWriter {
  readonly #response: ResponseObject;
  readonly #output: JsonObject[] = [];
  #open: OpenText | undefined;
  /** Function calls by their index in the chat. All are open until the end: their pieces may alternate. */
  readonly #calls = new Map<unknown, JsonObject>();
  #lastCall: unknown;
  #finishReason: string | undefined;
  #characters = 0;
  #sequence = 0;
  /** What is not written yet is done, and does not change. */
  #events: (string | JsonObject)[] = [];
  readonly #isStreamed: boolean;

  constructor(response: ResponseObject, isStreamed: boolean) {
    this.#response = response;
    this.#isStreamed = isStreamed;
    this.#emit('response.created', { response: { ...response } });
    this.#emit('response.in_progress', { response: { ...response } });
  }

  /**
   * @returns the events since the last time, as they are sent. The last ones have the whole text, four times: each is written
   *   when the one before is gone
   */
  *take(): Generator<string> {
    const events = this.#events;
    this.#events = [];
    let text = '';
    for (const event of events) {
      text += typeof event === 'string' ? event : written(event);
      if (text.length < PIECE_CHARACTERS) continue;
      yield text;
      text = '';
    }
    if (text !== '') yield text;
  }

  /** @throws UpstreamFailure if the answer is too large, or no chat */
  read(piece: ChatPiece): void {
    try {
      this.#read(piece);
    } catch (error) {
      throw error instanceof UpstreamFailure
        ? error
        : invalidAnswer('of the model', 'with something that is not a chat');
    }
  }

  #read({ choices, usage }: ChatPiece): void {
    if (usage) this.#response.usage = usageOf(usage);
    const choice = choices?.[0];
    if (!choice) return;
    const delta = choice.delta ?? choice.message;
    if (delta) this.#readDelta(delta, choice);
    if (choice.finish_reason) this.#finishReason = choice.finish_reason;
  }

  #readDelta({ content, refusal, reasoning_content, reasoning, tool_calls }: ChatDelta, choice: ChatChoice): void {
    this.#write('summary_text', reasoning_content || reasoning);
    // The probabilities of a list of parts are those of all its texts.
    let logprobs = choice.logprobs?.content;
    for (const { kind, text } of contentPieces(content)) {
      this.#write(KINDS[kind], text, kind === 'text' ? logprobs : undefined);
      if (kind === 'text') logprobs = undefined;
    }
    this.#write('refusal', refusal);
    tool_calls?.forEach((call, i) => {
      // The calls of a complete answer have no index.
      this.#lastCall = choice.message ? i : this.#keyOf(call);
      this.#writeCall(call, this.#lastCall);
    });
    if (this.#characters > MAX_TEXT_ANSWER_BYTES) throw tooLarge();
  }

  /** The host has said everything. */
  end(): ResponseObject {
    const response = this.#response;
    const reason = INCOMPLETE[this.#finishReason ?? ''];
    if (this.#output.length === 0) this.#open = this.#begin('output_text');
    const last = this.#output.at(-1);
    // An open text is the last item: whatever begins after it closes it.
    this.#closeText(reason ? 'incomplete' : 'completed');
    for (const call of this.#calls.values())
      this.#closeCall(call, reason && last === call ? 'incomplete' : 'completed');
    response.status = reason ? 'incomplete' : 'completed';
    if (reason) response.incomplete_details = { reason };
    else response.completed_at = Math.floor(Date.now() / 1000);
    response.output = this.#output;
    this.#emit(`response.${response.status}`, { response });
    return response;
  }

  /** The host has broken off. What it has said until then is part of the response. */
  fail(error: { readonly code: string; readonly message: string }): void {
    const response = this.#response;
    if (this.#open) this.#finishText(this.#open, 'incomplete');
    for (const call of this.#calls.values()) call.status = 'incomplete';
    response.status = 'failed';
    response.error = { code: error.code, message: error.message };
    response.output = this.#output;
    this.#emit('response.failed', { response });
  }

  #write(kind: TextKind, delta: unknown, logprobs?: unknown[] | null): void {
    if (typeof delta !== 'string' || delta === '') return;
    if (this.#open?.kind !== kind) {
      this.#closeText('completed');
      this.#open = this.#begin(kind);
    }
    const open = this.#open;
    open.text += delta;
    this.#characters += delta.length;
    if (logprobs) open.logprobs.push(...logprobs);
    if (!this.#isStreamed) return;
    const probabilities = logprobs ? JSON.stringify(logprobs) : '[]';
    // An answer has hundreds of times as much of them.
    if (logprobs) this.#characters += probabilities.length;
    const more = kind === 'output_text' ? `,"logprobs":${probabilities}` : '';
    this.#add(`${open.deltaHead}${this.#sequence++},"delta":${JSON.stringify(delta)}${more}}\n\n`);
  }

  #begin(kind: TextKind): OpenText {
    const { list, part, text } = TEXTS[kind];
    const isMessage = list === 'content';
    const item: JsonObject = {
      id: this.#newId(isMessage ? 'msg' : 'rs'),
      type: isMessage ? 'message' : 'reasoning',
      status: 'in_progress',
      ...(isMessage && { role: 'assistant' }),
      [list]: [],
    };
    const place = { item_id: item.id, output_index: this.#addItem(item), [`${list}_index`]: 0 };
    this.#emit(`${part}.added`, { ...place, part: partOf(kind, '', []) });
    const head = JSON.stringify({ type: `${text}.delta`, ...place });
    const deltaHead = `event: ${text}.delta\ndata: ${head.slice(0, -1)},"sequence_number":`;
    return { kind, item, place, deltaHead, text: '', logprobs: [] };
  }

  #closeText(status: string): void {
    const open = this.#open;
    if (!open) return;
    const { place, kind } = open;
    const { part, text, field } = TEXTS[kind];
    const whole = this.#finishText(open, status);
    const more = kind === 'output_text' ? { logprobs: open.logprobs } : {};
    this.#emit(`${text}.done`, { ...place, [field]: open.text, ...more });
    this.#emit(`${part}.done`, { ...place, part: whole });
    this.#emit('response.output_item.done', { output_index: place.output_index, item: open.item });
    this.#open = undefined;
  }

  #finishText({ kind, item, text, logprobs }: OpenText, status: string): JsonObject {
    const part = partOf(kind, text, logprobs);
    item[TEXTS[kind].list] = [part];
    item.status = status;
    return part;
  }

  #writeCall({ id, function: { name, arguments: json } = {} }: ChatToolCall, key: unknown): void {
    const call = this.#calls.get(key) ?? this.#beginCall(key, id, name);
    if (call.name === '' && name) call.name = name;
    if (json == null || json === '') return;
    const delta = typeof json === 'string' ? json : JSON.stringify(json);
    call.arguments += delta;
    this.#characters += delta.length;
    this.#emit('response.function_call_arguments.delta', {
      item_id: call.id,
      output_index: this.#output.indexOf(call),
      delta,
    });
  }

  /** Some hosts leave the index out of events, or give all calls the same: there a call begins with its id and name. */
  #keyOf({ index, id, function: { name } = {} }: ChatToolCall): unknown {
    const key = index ?? id ?? this.#lastCall;
    const begun = this.#calls.get(key);
    return begun && id && name && begun.call_id !== id ? id : key;
  }

  #beginCall(key: unknown, id: string | null | undefined, name: string | null | undefined): JsonObject {
    this.#closeText('completed');
    const call: JsonObject = {
      id: this.#newId('fc'),
      type: 'function_call',
      status: 'in_progress',
      call_id: id || `call_${crypto.randomUUID()}`,
      name: name ?? '',
      arguments: '',
    };
    this.#calls.set(key, call);
    this.#addItem(call);
    return call;
  }

  #closeCall(call: JsonObject, status: string): void {
    const output_index = this.#output.indexOf(call);
    const { id: item_id, name, arguments: json } = call;
    this.#emit('response.function_call_arguments.done', { item_id, output_index, name, arguments: json });
    call.status = status;
    this.#emit('response.output_item.done', { output_index, item: call });
  }

  /** @returns its index */
  #addItem(item: JsonObject): number {
    const output_index = this.#output.push(item) - 1;
    // It is still being written.
    this.#emit('response.output_item.added', { output_index, item: { ...item } });
    return output_index;
  }

  /** The id of an item names its response: see stored-responses.ts. */
  #newId(prefix: string): string {
    return `${prefix}_${this.#response.id.slice('resp_'.length)}_${this.#output.length}`;
  }

  #emit(type: string, fields: JsonObject): void {
    if (this.#isStreamed) this.#events.push({ type, sequence_number: this.#sequence++, ...fields });
  }

  /** Nearly all events are deltas: they are joined as they come. */
  #add(event: string): void {
    const last = this.#events.at(-1);
    if (typeof last === 'string') this.#events[this.#events.length - 1] = last + event;
    else this.#events.push(event);
  }
}

function written(event: JsonObject): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

function tooLarge(): UpstreamFailure {
  return new UpstreamFailure('answer-too-large', `The answer has more than ${MAX_TEXT_ANSWER_BYTES} characters.`);
}
