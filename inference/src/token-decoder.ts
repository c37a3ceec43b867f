/** The part of a tokenizer that decodes ids to text. */
interface Decoding {
  decode(ids: bigint[], options: { skip_special_tokens: boolean }): string;
}

/** A decoder emits this for bytes of an incomplete UTF-8 character. */
const INCOMPLETE = '\ufffd';

/**
 * Decodes tokens to text one at a time. A token may end inside a character, and a decoder may treat the first
 * token of a sequence differently (it may drop a leading space). Each new token is therefore decoded together
 * with the tokens of the last emitted piece. The difference is emitted once it ends in a complete character.
 * Runs in linear time.
 */
export class TokenDecoder {
  readonly #tokenizer: Decoding;
  #ids: bigint[] = [];
  /** The tokens `#ids[0..#emitted)` are already emitted and kept only as context. */
  #emitted = 0;

  constructor(tokenizer: Decoding) {
    this.#tokenizer = tokenizer;
  }

  /** Returns the text completed by `id`. Empty while a character is incomplete. */
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

  /** Returns the remaining text, including replacement characters. Call it at the end. */
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
