import { argumentsIn, CallSlots } from '../../hosts/stream/call-slots.ts';
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
 * The calls of an answer, from pieces that come in any order.
 *
 * @typeParam More what a surface remembers of a call
 */
export class Called<More extends object> {
  readonly calls: (OpenCall & Partial<More>)[] = [];
  readonly #slots = new CallSlots<OpenCall & Partial<More>>();

  /**
   * @param slot the place of a call in a complete answer, where calls have no index
   * @returns undefined for a piece with nothing in it, as some hosts send
   */
  add(piece: ChatToolCall, slot?: number): CallDelta<OpenCall & Partial<More>> | undefined {
    const call = this.#slots.callOf(piece, (id) => this.#begin(id), slot);
    if (!call) return undefined;
    const name = piece.function?.name;
    if (name && call.name === '') call.name = name;
    const delta = argumentsIn(piece.function);
    call.arguments += delta;
    return { call, isNamed: call.name !== '', delta };
  }

  #begin(id: string): OpenCall & Partial<More> {
    const call = { id, name: '', arguments: '' } as OpenCall & Partial<More>;
    this.calls.push(call);
    return call;
  }
}
