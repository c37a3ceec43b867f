import type { JsonObject } from '../../call/tasks.ts';

/** Events are sent together up to this length. */
const PIECE_CHARACTERS = 64 * 1024;

/** The events of a response, numbered, until they are sent. Nobody gets those of a complete answer. */
export class ResponseEvents {
  readonly isStreamed: boolean;
  #sequence = 0;
  /** An event that is not written yet is done, and does not change. */
  #waiting: (string | JsonObject)[] = [];

  constructor(isStreamed: boolean) {
    this.isStreamed = isStreamed;
  }

  emit(type: string, fields: JsonObject): void {
    if (this.isStreamed) this.#waiting.push({ type, sequence_number: this.#sequence++, ...fields });
  }

  /**
   * Adds one of the many events with a piece of text. They are joined as they come.
   *
   * @param head the event up to its number
   * @param rest the JSON after its number
   */
  emitDelta(head: string, rest: string): void {
    const event = `${head}${this.#sequence++}${rest}\n\n`;
    const last = this.#waiting.at(-1);
    if (typeof last === 'string') this.#waiting[this.#waiting.length - 1] = last + event;
    else this.#waiting.push(event);
  }

  /**
   * @returns the events since the last time, as they are sent. The last ones have the whole text, four times:
   * each is written when the one before is gone
   */
  *take(): Generator<string> {
    const events = this.#waiting;
    this.#waiting = [];
    let text = '';
    for (const event of events) {
      text += typeof event === 'string' ? event : written(event);
      if (text.length < PIECE_CHARACTERS) continue;
      yield text;
      text = '';
    }
    if (text !== '') yield text;
  }
}

function written(event: JsonObject): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
