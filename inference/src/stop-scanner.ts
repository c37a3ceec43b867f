/**
 * Scans streamed text for stop strings. Text that may be the start of a stop string is held back until this
 * is decided. No part of a stop string reaches the client.
 */
export class StopScanner {
  readonly #stops: string[];
  #held = '';
  /** Whether a stop string was found. Nothing is emitted after it. */
  found = false;

  constructor(stops: string[]) {
    this.#stops = stops.filter((stop) => stop !== '');
  }

  /** Returns the text that can be emitted now. */
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

  /** Returns the text still held back. Call it at the end of the stream. */
  flush(): string {
    const text = this.#held;
    this.#held = '';
    return text;
  }
}

/** Length of the longest suffix of `text` that is a prefix of `stop`. */
function overlap(text: string, stop: string): number {
  let length = Math.min(text.length, stop.length - 1);
  while (length > 0 && !text.endsWith(stop.slice(0, length))) length--;
  return length;
}
