import type { JsonObject } from '../../call/tasks.ts';

/** The events of a message until they are sent. Nobody gets those of a complete answer. */
export class MessageEvents {
  readonly #isStreamed: boolean;
  #waiting = '';

  constructor(isStreamed: boolean) {
    this.#isStreamed = isStreamed;
  }

  emit(type: string, fields: JsonObject): void {
    if (this.#isStreamed) this.#waiting += `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
  }

  /** Adds one of the many events with a piece of a block. @param head the event up to the piece */
  delta(head: string, piece: string): void {
    if (this.#isStreamed) this.#waiting += `${head}${JSON.stringify(piece)}}}\n\n`;
  }

  /** @returns the events since the last time, as they are sent */
  *take(): Generator<string> {
    const events = this.#waiting;
    this.#waiting = '';
    if (events !== '') yield events;
  }
}
