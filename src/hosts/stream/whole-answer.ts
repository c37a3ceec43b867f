import { isObject } from '../../base/is-object.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { argumentsIn, type CallPiece, CallSlots, type OpenCall } from './call-slots.ts';

/** Of a delta, and of a call in it: these are said once, while other texts are pieces of one. */
const SAID_ONCE = new Set(['role', 'id', 'type', 'name']);

/** A call of a tool in the message of a choice. */
class CollectedCall implements OpenCall {
  readonly id: string;
  readonly json: JsonObject;
  name = '';
  arguments = '';

  constructor(id: string) {
    this.id = id;
    this.json = { id, type: 'function' };
  }

  add({ id: _, index: _i, function: called, ...rest }: CallPiece & JsonObject): void {
    this.name ||= called?.name ?? '';
    this.arguments += argumentsIn(called);
    merge(this.json, rest);
    this.json.function = { ...called, name: this.name, arguments: this.arguments };
  }
}

/** A whole answer, put together from the events of its stream: a chat, or a legacy completion. */
export class WholeAnswer {
  #top: JsonObject = {};
  readonly #choices = new Map<number, JsonObject>();
  /** The calls in each of them. */
  readonly #slots = new Map<number, CallSlots<CollectedCall>>();

  add({ choices, ...top }: JsonObject): void {
    // A usage, or timings, of null says nothing.
    for (const [name, value] of Object.entries(top)) if (value !== null) this.#top[name] = value;
    for (const [at, choice] of (Array.isArray(choices) ? choices : []).entries()) {
      if (isObject(choice)) this.#addChoice(choice, at);
    }
  }

  /** Whether each of its choices has ended. */
  get isFinished(): boolean {
    const choices = [...this.#choices.values()];
    return (
      choices.length > 0 && choices.every(({ finish_reason: reason }) => typeof reason === 'string' && reason !== '')
    );
  }

  toJson(): string {
    const choices = [...this.#choices.values()].sort((a, b) => Number(a.index) - Number(b.index));
    const { object } = this.#top;
    return JSON.stringify({
      ...this.#top,
      object: object === 'chat.completion.chunk' ? 'chat.completion' : object,
      choices,
    });
  }

  #addChoice({ index, delta, ...rest }: JsonObject, at: number): void {
    const place = typeof index === 'number' ? index : at;
    const choice = this.#choices.get(place) ?? { index: place, finish_reason: null };
    this.#choices.set(place, choice);
    merge(choice, rest);
    if (!isObject(delta)) return;
    const { tool_calls, content, ...said } = delta;
    const message = isObject(choice.message) ? choice.message : { role: 'assistant', content: null };
    choice.message = merge(message, said);
    message.content = joined(message.content, content);
    for (const piece of Array.isArray(tool_calls) ? tool_calls : []) {
      if (isObject(piece)) this.#addCall(piece, message, place);
    }
  }

  #addCall(piece: CallPiece & JsonObject, message: JsonObject, place: number): void {
    const slots = this.#slots.get(place) ?? new CallSlots<CollectedCall>();
    this.#slots.set(place, slots);
    const call = slots.callOf(piece, (id) => {
      const begun = new CollectedCall(id);
      message.tool_calls = [...((message.tool_calls as JsonObject[] | null) ?? []), begun.json];
      return begun;
    });
    call?.add(piece);
  }
}

/** A content, of which some hosts send parts: those, and texts between them, are a list. */
function joined(before: unknown, piece: unknown): unknown {
  if (piece == null) return before ?? null;
  if (before == null) return piece;
  return typeof before === 'string' && typeof piece === 'string'
    ? before + piece
    : [...partsOf(before), ...partsOf(piece)];
}

const partsOf = (content: unknown): unknown[] =>
  Array.isArray(content) ? content : [{ type: 'text', text: String(content) }];

function merge(whole: JsonObject, piece: JsonObject): JsonObject {
  for (const [name, value] of Object.entries(piece)) {
    const before = whole[name];
    if (value === null || value === undefined) whole[name] ??= null;
    else if (Array.isArray(value)) whole[name] = Array.isArray(before) ? [...before, ...value] : value;
    else if (isObject(value)) whole[name] = merge(isObject(before) ? before : {}, value);
    else if (
      typeof value === 'string' &&
      typeof before === 'string' &&
      !SAID_ONCE.has(name) &&
      name !== 'finish_reason'
    ) {
      whole[name] = before + value;
    } else if (before === undefined || before === null || !SAID_ONCE.has(name)) whole[name] = value;
  }
  return whole;
}
