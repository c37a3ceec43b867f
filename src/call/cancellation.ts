import type { ApiError } from '../base/errors.ts';

type Listener = (reason: ApiError) => void;

/**
 * Why and when work is given up: an AbortSignal in plain JavaScript, for a fraction of its cost.
 *
 * workerd closes everything that a request still has open as soon as its client leaves or it is answered. So
 * a `fetch` needs a signal of its own only if it can be given up earlier than that, as a part of the request
 * (`part`), or if it goes on after the answer has begun (a stream).
 */
export class Cancellation {
  /** Why the work was given up; undefined while it goes on. */
  reason: ApiError | undefined;
  /** Whether this is a part of a request, that can be given up alone. */
  readonly isPart: boolean;
  readonly #listeners = new Set<Listener>();

  constructor(isPart = false) {
    this.isPart = isPart;
  }

  cancel(reason: ApiError): void {
    if (this.reason) return;
    this.reason = reason;
    for (const listener of this.#listeners) listener(reason);
    this.#listeners.clear();
  }

  /**
   * Calls the listener at once if the work was already given up.
   *
   * @returns a function that removes the listener
   */
  onCancel(listener: Listener): () => void {
    if (this.reason) listener(this.reason);
    else this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A part of the work that can be given up alone. It is given up with the whole. */
  part(): Cancellation {
    const part = new Cancellation(true);
    this.onCancel((reason) => part.cancel(reason));
    return part;
  }

  /** Resolves like `work`, or rejects as soon as the work is given up. */
  race<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const forget = this.onCancel(reject);
      work.then(resolve, reject).finally(forget);
    });
  }
}
