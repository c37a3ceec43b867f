import { concat } from '../base/bytes/concat.ts';
import type { Placeholders } from '../base/bytes/placeholders.ts';
import { valueSpan } from './members.ts';

const utf8 = new TextEncoder();

/**
 * A JSON body that goes to a host in the bytes that it came in, with another model: the rest is not written
 * again. Each copy of 1 MB costs as much as a quarter of passing it through, mostly for new pages of memory.
 */
export class ForwardedBody {
  readonly #bytes: Uint8Array;
  readonly #large: Placeholders | undefined;
  /** Until the place of the model is known. */
  #text: string | undefined;
  #span: readonly [start: number, end: number] | undefined;

  /** @param text the bytes as text, in which placeholders stand for large contents */
  constructor(bytes: Uint8Array, text: string, large?: Placeholders) {
    this.#bytes = bytes;
    this.#text = text;
    this.#large = large;
  }

  /**
   * The text, and the bytes if large contents are missing in the text. To be read before the body is sent.
   */
  get source(): { readonly text: string | undefined; readonly bytes: Uint8Array } {
    return { text: this.#large ? undefined : this.#text, bytes: this.#bytes };
  }

  /**
   * Replaces the model in place if the new one is not longer: spaces fill the rest.
   *
   * @returns the body, which the next call changes; undefined if it does not have the member exactly once
   */
  withModel(model: string): Uint8Array | undefined {
    if (this.#text !== undefined) this.#span = this.#find(this.#text);
    this.#text = undefined;
    if (!this.#span) return undefined;
    const [start, end] = this.#span;
    const value = JSON.stringify(model);
    const bytes = this.#bytes;
    const { read } = utf8.encodeInto(value.padEnd(end - start), bytes.subarray(start, end));
    if (read >= value.length) return bytes;
    return concat([bytes.subarray(0, start), utf8.encode(value), bytes.subarray(end)]);
  }

  #find(text: string): readonly [number, number] | undefined {
    const span = valueSpan(text, 'model');
    // A byte order mark is not in the text.
    if (!span || this.#bytes[0] === 0xef) return undefined;
    // Nearly always: a byte is a character.
    if (this.#bytes.length === text.length) return span;
    const [from, to] = span;
    // The model is nearly always the first or the last member.
    const start =
      from < text.length / 2
        ? this.#lengthOf(text.slice(0, from))
        : this.#bytes.length - this.#lengthOf(text.slice(from));
    return [start, start + this.#lengthOf(text.slice(from, to))];
  }

  /** In bytes of the body. */
  #lengthOf(text: string): number {
    const whole = this.#large?.into(text) ?? text;
    return typeof whole === 'string' ? utf8.encode(whole).length : whole.length;
  }
}
