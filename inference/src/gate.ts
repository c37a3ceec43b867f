import { ApiError } from './errors.ts';

interface GateOptions {
  /** Max tasks that run at the same time. */
  active: number;
  /** Max tasks that wait, in order of arrival. */
  waiting: number;
}

/** Limits how many tasks run and how many wait. Further tasks are rejected. */
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
   * Runs `task` once a slot is free. A full queue throws synchronously, so a streaming route can still answer
   * 503. If `signal` aborts while the task waits, the task never runs and the promise rejects with the
   * reason.
   */
  run<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#active && this.#queue.length >= this.#waiting) {
      throw new ApiError('queue_full', 'Too many requests are waiting. Retry shortly.', { retryAfterSeconds: 1 });
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

  /** Passes the slot to the next waiting task, or frees it. */
  #leave() {
    const next = this.#queue.shift();
    if (next) next();
    else this.#running--;
  }
}
