import { isObject } from '../../base/is-object.ts';

/** A piece of a call of a tool, in a delta; in a whole answer it is all of it. */
export interface CallPiece {
  readonly index?: unknown;
  readonly id?: string | null;
  readonly function?: { readonly name?: string | null; readonly arguments?: unknown } | null;
}

/** A call as far as it is known. */
export interface OpenCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** Finds the call that a piece belongs to. */
export class CallSlots<Call extends OpenCall> {
  readonly #byId = new Map<string, Call>();
  /** The latest call at each index of the chat. */
  readonly #bySlot = new Map<unknown, Call>();
  #lastSlot: unknown;

  /**
   * @param begin makes a call that the piece begins. Its id names one call in all of the conversation
   * @param slot the place of a call in a whole answer, where calls have no index
   * @returns undefined for a piece with nothing in it, which some hosts send
   */
  callOf(piece: CallPiece, begin: (id: string) => Call, slot?: number): Call | undefined {
    const { index, id, function: called } = piece;
    this.#lastSlot = slot ?? index ?? (id || undefined) ?? this.#lastSlot;
    const known = this.#continued(piece, this.#lastSlot);
    if (!known && !called && !id) return undefined;
    const call = known ?? begin(id && !this.#byId.has(id) ? id : `call_${crypto.randomUUID()}`);
    this.#byId.set(call.id, call);
    this.#bySlot.set(this.#lastSlot, call);
    return call;
  }

  /**
   * The call that a piece continues. Some hosts give all calls the same index or none, leave ids out, or
   * repeat them: there a call begins with its name, and with another id or after arguments that are complete.
   */
  #continued({ id, function: called }: CallPiece, slot: unknown): Call | undefined {
    const current = this.#bySlot.get(slot);
    if (!current || !called?.name) return current;
    if (id && id !== current.id) return this.#byId.get(id);
    const hasMore = !id || !!called.arguments;
    return current.name !== '' && hasMore && isWhole(current.arguments) ? undefined : current;
  }
}

/** The arguments in a piece as text: some hosts send an object. */
export const argumentsIn = (called: CallPiece['function'] | undefined): string => {
  const json = called?.arguments;
  return json == null || typeof json === 'string' ? (json ?? '') : JSON.stringify(json);
};

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
