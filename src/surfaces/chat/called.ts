import { isObject } from '../../base/is-object.ts';
import type { ChatToolCall } from './chat-answer.ts';

/** A call of a function that a model is writing. */
export interface OpenCall {
  readonly id: string;
  /** Empty until it is known. */
  name: string;
  arguments: string;
}

/** What a piece adds to a call. */
export interface CallDelta<Call> {
  readonly call: Call;
  readonly isNamed: boolean;
  readonly delta: string;
}

/**
 * The calls of an answer, from pieces that come in any order. Some hosts give all calls the same index or
 * none, leave ids out, or repeat them.
 *
 * @typeParam More what a surface remembers of a call
 */
export class Called<More extends object> {
  readonly calls: (OpenCall & Partial<More>)[] = [];
  readonly #byId = new Map<string, OpenCall & Partial<More>>();
  /** The latest call at each index of the chat. */
  readonly #bySlot = new Map<unknown, OpenCall & Partial<More>>();
  #lastSlot: unknown;

  /**
   * @param slot the place of a call in a complete answer, where calls have no index
   * @returns undefined for a piece with nothing in it, as some hosts send
   */
  add(piece: ChatToolCall, slot?: number): CallDelta<OpenCall & Partial<More>> | undefined {
    const { index, id, function: called } = piece;
    const { name, arguments: json } = called ?? {};
    this.#lastSlot = slot ?? index ?? (id || undefined) ?? this.#lastSlot;
    const known = this.#callOf(piece, this.#lastSlot);
    if (!known && !called && !id) return undefined;
    const call = known ?? this.#begin(id);
    this.#bySlot.set(this.#lastSlot, call);
    if (name && call.name === '') call.name = name;
    const delta = json == null || typeof json === 'string' ? (json ?? '') : JSON.stringify(json);
    call.arguments += delta;
    return { call, isNamed: call.name !== '', delta };
  }

  /**
   * Finds the call that a piece continues. Where indexes and ids do not say it, a call begins with its name,
   * and with another id or after arguments that are complete.
   */
  #callOf({ id, function: called }: ChatToolCall, slot: unknown): (OpenCall & Partial<More>) | undefined {
    const current = this.#bySlot.get(slot);
    if (!current || !called?.name) return current;
    if (id && id !== current.id) return this.#byId.get(id);
    const hasMore = !id || !!called.arguments;
    return current.name !== '' && hasMore && isWhole(current.arguments) ? undefined : current;
  }

  #begin(id: string | null | undefined): OpenCall & Partial<More> {
    // An id names one call in all of the conversation.
    const isNew = !!id && !this.#byId.has(id);
    const call = { id: isNew ? id : `call_${crypto.randomUUID()}`, name: '', arguments: '' } as OpenCall &
      Partial<More>;
    this.calls.push(call);
    this.#byId.set(call.id, call);
    return call;
  }
}

/** Whether arguments are a complete JSON object. */
export function isWhole(json: string): boolean {
  return json.trimEnd().endsWith('}') && isObject(parsedArguments(json));
}

/** @returns undefined if the arguments are not JSON */
export function parsedArguments(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
