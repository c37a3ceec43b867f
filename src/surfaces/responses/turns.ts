import type { JsonObject } from '../../call/tasks.ts';

export interface Message extends JsonObject {
  readonly role: string;
  content?: unknown;
  tool_calls?: JsonObject[];
}

/** An item of a conversation, as chat has it. Calls and their results have the same id. */
export type Turned =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'call'; readonly id: string; readonly call: JsonObject }
  | { readonly kind: 'result'; readonly id: string; readonly message: Message };

/**
 * The messages of a conversation in the order that hosts require: what the assistant says and calls in a turn
 * is one message, the results of its calls follow directly, and what came between comes after them.
 *
 * A turn ends with a message of anybody else, or once all of its calls have their results.
 */
export function messagesInTurns(items: readonly Turned[]): Message[] {
  const messages: Message[] = [];
  const { resultOf, isOfCall } = pairResults(items);
  let turn = new Turn();
  const endTurn = () => {
    for (const message of turn.messages()) messages.push(message);
    turn = new Turn();
  };
  items.forEach((item, at) => {
    if (item.kind === 'call') turn.addCall(item.call, resultOf.get(at));
    else if (item.kind === 'message' && item.message.role === 'assistant') turn.addText(item.message);
    else if (item.kind === 'message' || !isOfCall.has(at)) {
      // The result of no call stays where it is: the host says what is wrong.
      endTurn();
      messages.push(item.message);
    } else if (turn.isAnsweredBy(at)) endTurn();
  });
  endTurn();
  return messages;
}

interface Result {
  readonly at: number;
  readonly message: Message;
}

/** What the assistant says and calls before it waits for somebody. */
class Turn {
  readonly #texts: Message[] = [];
  readonly #calls: JsonObject[] = [];
  readonly #results: Message[] = [];
  /** The place of the last result. */
  #last = -1;

  addText(message: Message): void {
    this.#texts.push(message);
  }

  addCall(call: JsonObject, result: Result | undefined): void {
    this.#calls.push(call);
    if (!result) return;
    this.#results.push(result.message);
    this.#last = Math.max(this.#last, result.at);
  }

  /** Whether all calls have results up to a place. */
  isAnsweredBy(at: number): boolean {
    return this.#results.length === this.#calls.length && this.#last <= at;
  }

  messages(): Message[] {
    if (this.#calls.length === 0) return this.#texts;
    // White space alone is what models write between calls.
    const text = this.#texts.map(({ content }) => String(content)).join('');
    const content = text.trim() === '' ? null : text;
    return [{ role: 'assistant', content, tool_calls: this.#calls }, ...this.#results];
  }
}

/**
 * Finds the result of each call: the first of its id after it. Some hosts use the same ids in each answer.
 */
function pairResults(items: readonly Turned[]) {
  const resultOf = new Map<number, Result>();
  const isOfCall = new Set<number>();
  const waiting = new Map<string, { readonly calls: number[]; next: number }>();
  items.forEach((item, at) => {
    if (item.kind === 'message') return;
    const queue = waiting.get(item.id) ?? { calls: [], next: 0 };
    if (item.kind === 'call') {
      queue.calls.push(at);
      waiting.set(item.id, queue);
      return;
    }
    const call = queue.calls[queue.next];
    if (call === undefined) return;
    queue.next++;
    resultOf.set(call, { at, message: item.message });
    isOfCall.add(at);
  });
  return { resultOf, isOfCall };
}
