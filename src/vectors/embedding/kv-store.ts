import { withTimeout } from '../../base/with-timeout.ts';
import type { Call } from '../../call/call.ts';
import { Cancellation } from '../../call/cancellation.ts';
import { inParallel } from '../../call/in-parallel.ts';
import { kvWritesLeft, noteKvWrite } from '../../call/kv-writes.ts';

/** KV allows 1,000 operations per request. Source: https://developers.cloudflare.com/kv/platform/limits/ */
const MAX_OPERATIONS = 1_000;
/** Max keys of one bulk read. Source: https://developers.cloudflare.com/kv/api/read-key-value-pairs/ */
const BULK_KEYS = 100;
const MIN_BULK_KEYS = 10;
/**
 * Characters of one operation's values, beyond the first operation. V8 frees longer strings late: 2,048
 * vectors of 1,536 dimensions added 90 to 124 MiB to a new process when all were read at the same time, and
 * 40 MiB now.
 */
const MAX_READ_CHARACTERS = 128 * 1024;
const CONCURRENT_LARGE_READS = 2;
/** A Worker can wait for six connections at the same time. */
const CONCURRENT_READS = 6;
/** Later than this a cache no longer saves time. */
const READ_LIMIT_MS = 1_000;
/** Values of later writes need not exist yet. */
const CONCURRENT_WRITES = 6;

export interface Write {
  /** Whether the same content is stored by another write, too. */
  readonly isExtra?: boolean;
  readonly ttlSeconds: number;
  /** Called when it is written. Null deletes the key. */
  entry(): Promise<readonly [key: string, value: string | ArrayBuffer | ReadableStream | null]>;
}

/**
 * KV, as one request uses it. A cache that fails is a cache that is empty: nothing here throws, the report
 * counts failures, and one budget of operations covers everything that the request reads and writes.
 */
export class KvStore {
  readonly #call: Call;
  #operationsLeft = MAX_OPERATIONS;
  /** Reads no more: a large request would wait for one operation after another. */
  #isSlow = false;

  constructor(call: Call) {
    this.#call = call;
  }

  /** How many writes the request may still do: by the platform's limit and by the settings. */
  get writesLeft(): number {
    return Math.max(0, Math.min(this.#operationsLeft, kvWritesLeft(this.#call.settings)));
  }

  /**
   * Reads many values, at most 100 per operation. `onValue` gets those of an operation before the next one
   * begins. The first operation shows how large the values are: many large ones are read in smaller
   * operations, and fewer at a time, so that a large request never holds all of its vectors as text. What
   * cannot be read in time is left out.
   */
  async readEach<Name>(
    names: readonly Name[],
    keyOf: (name: Name) => Promise<string>,
    onValue: (name: Name, value: string) => void,
  ): Promise<void> {
    let next = 0;
    let charactersPerKey = 0;
    const readSome = async () => {
      const most = Math.floor(MAX_READ_CHARACTERS / charactersPerKey);
      const some = names.slice(next, next + Math.min(BULK_KEYS, Math.max(MIN_BULK_KEYS, most)));
      next += some.length;
      const keys = await Promise.all(some.map(keyOf));
      const values = await this.#read((kv) => kv.get(keys, 'text'));
      let characters = 0;
      some.forEach((name, i) => {
        const value = values?.get(keys[i] as string);
        if (typeof value !== 'string') return;
        characters += value.length;
        onValue(name, value);
      });
      charactersPerKey = Math.max(charactersPerKey, characters / some.length);
    };
    if (names.length > 0) await readSome();
    const areLarge = charactersPerKey * BULK_KEYS > MAX_READ_CHARACTERS;
    const reader = async () => {
      while (next < names.length) await readSome();
    };
    await Promise.all(Array.from({ length: areLarge ? CONCURRENT_LARGE_READS : CONCURRENT_READS }, reader));
  }

  async readBytes(key: string): Promise<ArrayBuffer | undefined> {
    return (await this.#read((kv) => kv.get(key, 'arrayBuffer'))) ?? undefined;
  }

  async readText(key: string): Promise<string | undefined> {
    return (await this.#read((kv) => kv.get(key, 'text'))) ?? undefined;
  }

  async #read<T>(operation: (kv: KVNamespace) => Promise<T>): Promise<T | undefined> {
    if (this.#operationsLeft <= 0 || this.#isSlow) return undefined;
    this.#operationsLeft--;
    const { env, deadlines } = this.#call;
    try {
      const late = () => {
        this.#isSlow = true;
        throw new Error('KV took too long');
      };
      return await withTimeout(operation(env.EMBEDDINGS), { ms: READ_LIMIT_MS, late, timers: deadlines });
    } catch {
      this.#countFailure();
      return undefined;
    }
  }

  /**
   * Writes in the given order of priority, as far as the budget allows. What is not stored will be a miss.
   */
  async writeAll(writes: readonly Write[]): Promise<void> {
    const { env, report } = this.#call;
    const allowed = writes.slice(0, this.writesLeft);
    this.#operationsLeft -= allowed.length;
    noteKvWrite(allowed.length);
    const unstored = writes.slice(allowed.length).filter(({ isExtra }) => !isExtra).length;
    if (unstored > 0) report.unstored = unstored;
    // What was paid for is kept, even if the request was given up meanwhile.
    const independent = { ...this.#call, cancellation: new Cancellation() };
    await inParallel(allowed, CONCURRENT_WRITES, independent, async ({ entry, ttlSeconds }) => {
      try {
        const [key, value] = await entry();
        if (value === null) await env.EMBEDDINGS.delete(key);
        else await env.EMBEDDINGS.put(key, value, { expirationTtl: ttlSeconds });
      } catch {
        this.#countFailure();
      }
    });
  }

  #countFailure(): void {
    const { report } = this.#call;
    report.cacheFailures = (report.cacheFailures ?? 0) + 1;
  }
}
