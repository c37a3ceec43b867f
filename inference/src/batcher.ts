import { ApiError } from './errors.ts';

interface BatcherOptions<Item, Result> {
  /** Computes one batch. Returns one settled result per item, so an invalid item does not fail the others. */
  run: (items: Item[]) => Promise<PromiseSettledResult<Result>[]>;
  /** Max items in one batch. */
  maxBatch: number;
  /** Max items that wait. Further items are rejected. */
  maxQueue: number;
}

interface Waiting<Item, Result> {
  item: Item;
  signal: AbortSignal | undefined;
  settle: (result: PromiseSettledResult<Result>) => void;
}

/**
 * Dynamic batching: while one batch runs, the items of all callers collect for the next one. An idle batcher
 * starts at the next turn of the event loop. A single request therefore does not wait, and simultaneous
 * requests share a batch.
 */
export class Batcher<Item, Result> {
  readonly #options: BatcherOptions<Item, Result>;
  #queue: Waiting<Item, Result>[] = [];
  #busy = false;
  /** Number of batches run so far. */
  batches = 0;

  constructor(options: BatcherOptions<Item, Result>) {
    this.#options = options;
  }

  /** Number of items that wait for a batch. */
  get depth() {
    return this.#queue.length;
  }

  /** Resolves to one settled result per item, in order. Items whose `signal` has aborted are not computed. */
  submit(items: Item[], signal?: AbortSignal): Promise<PromiseSettledResult<Result>[]> {
    if (this.#queue.length + items.length > this.#options.maxQueue) {
      throw new ApiError('queue_full', 'Too many inputs are waiting. Retry shortly.', { retryAfterSeconds: 1 });
    }
    const results = items.map(
      (item) =>
        new Promise<PromiseSettledResult<Result>>((settle) => {
          this.#queue.push({ item, signal, settle });
        }),
    );
    if (!this.#busy) {
      this.#busy = true;
      setImmediate(() => this.#drain());
    }
    return Promise.all(results);
  }

  async #drain() {
    while (this.#queue.length > 0) {
      const batch = this.#take();
      if (batch.length > 0) await this.#runBatch(batch);
    }
    this.#busy = false;
  }

  #take(): Waiting<Item, Result>[] {
    const { maxBatch } = this.#options;
    const batch: Waiting<Item, Result>[] = [];
    let taken = 0;
    for (const waiting of this.#queue) {
      if (batch.length === maxBatch) break;
      taken++;
      if (waiting.signal?.aborted) waiting.settle({ status: 'rejected', reason: waiting.signal.reason });
      else batch.push(waiting);
    }
    this.#queue = this.#queue.slice(taken);
    return batch;
  }

  async #runBatch(batch: Waiting<Item, Result>[]) {
    this.batches++;
    try {
      const results = await this.#options.run(batch.map(({ item }) => item));
      for (const [i, { settle }] of batch.entries()) settle(results[i] as PromiseSettledResult<Result>);
    } catch (reason) {
      for (const { settle } of batch) settle({ status: 'rejected', reason });
    }
  }
}
