import type { JsonObject } from '../../call/tasks.ts';
import { AnswerSize } from '../chat/answer-size.ts';
import type { ResponseEvents } from './response-events.ts';

/** The items of a response that is being written. */
export class Output {
  readonly items: JsonObject[] = [];
  readonly events: ResponseEvents;
  readonly #response: string;
  readonly #size = new AnswerSize();

  /** @param response its id */
  constructor(response: string, events: ResponseEvents) {
    this.#response = response;
    this.events = events;
  }

  /** The id of the next item. It names its response: see references.ts. */
  newId(prefix: string): string {
    return `${prefix}_${this.#response.slice('resp_'.length)}_${this.items.length}`;
  }

  /** @returns its index */
  begin(item: JsonObject): number {
    const output_index = this.items.push(item) - 1;
    // It is still being written.
    this.events.emit('response.output_item.added', { output_index, item: { ...item } });
    return output_index;
  }

  /** A picture that a model has made, as the item that OpenAI's tool for pictures makes. */
  addPicture(base64: string): void {
    this.count(base64.length);
    this.end(this.begin({ id: this.newId('ig'), type: 'image_generation_call', status: 'completed', result: base64 }));
  }

  end(output_index: number): void {
    this.events.emit('response.output_item.done', { output_index, item: this.items[output_index] });
  }

  /** @throws UpstreamFailure if there are too many characters together */
  count(characters: number): void {
    this.#size.add(characters);
  }
}
