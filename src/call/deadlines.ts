/**
 * The first timer fires so early, if nothing has to happen before: setting it again for each deadline that is
 * nearer than those before it would cost more than a timer that finds nothing to do in a long request.
 */
const EARLY_MS = 10_000;

/**
 * Several points in time over one timer: setting a timer costs about 10 us in workerd, and nearly all of them
 * would be cleared before they fire. A deadline that is removed leaves the timer alone, which then finds
 * nothing to do.
 */
export class Deadlines {
  readonly #open = new Set<{ readonly at: number; readonly pass: () => void }>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #timerAt = Number.POSITIVE_INFINITY;
  readonly #last: number;

  /** The last deadline of all. It is watched from the first `in` on: before that nothing is waited for. */
  constructor(milliseconds: number, pass: () => void) {
    this.#last = Date.now() + milliseconds;
    this.#open.add({ at: this.#last, pass });
  }

  /** Calls `pass` after a time, unless it is removed before. @returns a function that removes it */
  in(milliseconds: number, pass: () => void): () => void {
    const now = Date.now();
    const deadline = { at: now + milliseconds, pass };
    this.#open.add(deadline);
    const next = Math.min(deadline.at, this.#last);
    if (next < this.#timerAt) this.#setTimer(this.#timer === null ? Math.min(next, now + EARLY_MS) : next);
    return () => this.#open.delete(deadline);
  }

  /** For a Durable Object: a timer that is still set keeps the object in memory, and billed. */
  close(): void {
    this.#open.clear();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timerAt = Number.POSITIVE_INFINITY;
  }

  #setTimer(at: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => this.#check(), at - Date.now());
  }

  #check(): void {
    const now = Date.now();
    for (const deadline of this.#open) {
      if (deadline.at > now) continue;
      this.#open.delete(deadline);
      deadline.pass();
    }
    this.#timerAt = Number.POSITIVE_INFINITY;
    const next = Math.min(...[...this.#open].map(({ at }) => at));
    if (Number.isFinite(next)) this.#setTimer(next);
  }
}
