import { isObject } from '../../base/is-object.ts';
import type { JsonObject } from '../../call/tasks.ts';

/** Of a delta, and of a call in it: these are said once, while other texts are pieces of one. */
const SAID_ONCE = new Set(['role', 'id', 'type', 'name']);

/** A whole answer, put together from the events of its stream: a chat, or a legacy completion. */
export class WholeAnswer {
  #top: JsonObject = {};
  readonly #choices = new Map<number, JsonObject>();

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
    return choices.length > 0 && choices.every(({ finish_reason }) => typeof finish_reason === 'string');
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
    if (isObject(delta)) {
      choice.message = merge(isObject(choice.message) ? choice.message : { role: 'assistant', content: null }, delta);
    }
    merge(choice, rest);
  }
}

function merge(whole: JsonObject, piece: JsonObject): JsonObject {
  for (const [name, value] of Object.entries(piece)) {
    const before = whole[name];
    if (value === null || value === undefined) whole[name] ??= null;
    else if (name === 'tool_calls' && Array.isArray(value)) whole[name] = mergeCalls(before, value);
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

/**
 * Calls by their `index`. Without one, a piece with an id begins a call, and another continues the last one.
 */
function mergeCalls(before: unknown, pieces: readonly unknown[]): unknown[] {
  const calls = Array.isArray(before) ? [...(before as JsonObject[])] : [];
  for (const piece of pieces) {
    if (!isObject(piece)) continue;
    const { index, ...rest } = piece;
    const isNew = typeof rest.id === 'string' && rest.id !== '';
    const at = typeof index === 'number' ? index : Math.max(0, isNew ? calls.length : calls.length - 1);
    calls[at] = merge(calls[at] ?? {}, rest);
  }
  return calls.filter((call) => call !== undefined);
}
