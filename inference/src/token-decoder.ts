/** The part of a tokenizer that turns ids back into text. */
interface Decoding {
  decode(ids: bigint[], options: { skip_special_tokens: boolean }): string;
}

/** What a decoder writes for bytes that are not yet a whole UTF-8 character. */
const INCOMPLETE = '\ufffd';

/**
 * Turns tokens into text one at a time. A token may end in the middle of a character, and a decoder may treat the first
 * token of a sequence specially (a dropped leading space), so each new token is decoded together with the last piece
 * and the difference is emitted, once it ends in a whole character. Linear in the number of tokens.
 */
export class TokenDecoder {
  readonly #tokenizer: Decoding;
  #ids: bigint[] = [];
  /** Tokens whose text has been emitted and that are kept only as context: `#ids[0..#emitted)`. */
  #emitted = 0;

  constructor(tokenizer: Decoding) {
    this.#tokenizer = tokenizer;
  }

  /** The text that `id` completes; empty while a character is unfinished. */
  push(id: bigint): string {
    this.#ids.push(id);
    const text = this.#pending();
    if (text.endsWith(INCOMPLETE)) return '';
    if (text !== '') {
      this.#ids = this.#ids.slice(this.#emitted);
      this.#emitted = this.#ids.length;
    }
    return text;
  }

  /** What is left at the end, replacement characters included. */
  flush(): string {
    const text = this.#pending();
    this.#ids = [];
    this.#emitted = 0;
    return text;
  }

  #pending(): string {
    const before = this.#decode(this.#ids.slice(0, this.#emitted));
    return this.#decode(this.#ids).slice(before.length);
  }

  #decode(ids: bigint[]): string {
    return ids.length === 0 ? '' : this.#tokenizer.decode(ids, { skip_special_tokens: true });
  }
}
