import { ApiError } from './errors.ts';

interface GateOptions {
  /** How many tasks run at once. */
  active: number;
  /** How many more may wait for their turn, in order of arrival. */
  waiting: number;
}

/** Lets a bounded number of tasks run, a bounded number wait, and turns the rest away. */
export class Gate {
  readonly #active: number;
  readonly #waiting: number;
  #running = 0;
  #queue: (() => void)[] = [];

  constructor({ active, waiting }: GateOptions) {
    this.#active = active;
    this.#waiting = waiting;
  }

  get depth() {
    return { running: this.#running, waiting: this.#queue.length };
  }

  /**
   * Runs `task` when its turn comes. A full queue throws at once and not in the promise, so that a streaming route can
   * still answer 503. A task whose `signal` aborts while it waits never runs, and the promise rejects with the reason.
   */
  run<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#active && this.#queue.length >= this.#waiting) {
      throw new ApiError('queue_full', 'Too many requests are waiting. Try again shortly.', { retryAfterSeconds: 1 });
    }
    return this.#turn(signal).then(async () => {
      try {
        return await task();
      } finally {
        this.#leave();
      }
    });
  }

  async #turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#running < this.#active) {
      this.#running++;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = () => {
        this.#queue = this.#queue.filter((waiter) => waiter !== enter);
        reject(signal.reason);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#queue.push(enter);
    });
  }

  /** Hands the place to the next in line, or gives it up. */
  #leave() {
    const next = this.#queue.shift();
    if (next) next();
    else this.#running--;
  }
}
