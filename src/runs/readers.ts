/** Counts the current readers of a run. */
export class Readers {
  #count = 0;
  readonly #onNone: () => () => void;
  #undo = () => {};

  /** @param onNone called when the last one has left. What it returns is called when another one comes */
  constructor(onNone: () => () => void) {
    this.#onNone = onNone;
  }

  /** @param signal aborted if the reader leaves while it waits @returns what to call when it has left */
  enter(signal: AbortSignal): () => void {
    this.#count++;
    this.#undo();
    let isHere = true;
    const leave = () => {
      if (!isHere) return;
      isHere = false;
      if (--this.#count === 0) this.#undo = this.#onNone();
    };
    signal.addEventListener('abort', leave, { once: true });
    return leave;
  }
}
