/**
 * Watches streamed text for stop strings. Text that may be the beginning of one is held back until it is clear that it
 * is not, so that no part of a stop string ever reaches the client.
 */
export class StopScanner {
  readonly #stops: string[];
  #held = '';
  /** Whether a stop string has been seen. Nothing is emitted after it. */
  found = false;

  constructor(stops: string[]) {
    this.#stops = stops.filter((stop) => stop !== '');
  }

  /** The text that may be emitted now. */
  push(piece: string): string {
    if (this.found) return '';
    const text = this.#held + piece;
    const starts = this.#stops.map((stop) => text.indexOf(stop)).filter((start) => start >= 0);
    if (starts.length > 0) {
      this.found = true;
      this.#held = '';
      return text.slice(0, Math.min(...starts));
    }
    const held = Math.max(0, ...this.#stops.map((stop) => overlap(text, stop)));
    this.#held = text.slice(text.length - held);
    return text.slice(0, text.length - held);
  }

  /** At the end: what was held back and turned out to be no stop string. */
  flush(): string {
    const text = this.#held;
    this.#held = '';
    return text;
  }
}

/** The length of the longest end of `text` that is a beginning of `stop`. */
function overlap(text: string, stop: string): number {
  let length = Math.min(text.length, stop.length - 1);
  while (length > 0 && !text.endsWith(stop.slice(0, length))) length--;
  return length;
}
