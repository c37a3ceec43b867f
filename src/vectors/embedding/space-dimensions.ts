import { ApiError } from '../../base/errors.ts';
import type { Space } from '../../call/tasks.ts';
import { invalidAnswer } from '../../hosts/upstream/failure.ts';
import type { CacheUse } from './cache-use.ts';
import type { KvStore, Write } from './kv-store.ts';
import type { VectorMemory } from './vector-memory.ts';

/** As long as vectors are. */
const TTL_SECONDS = 90 * 24 * 3600;

export interface SpaceDimensionsDeps {
  readonly space: Space;
  /** The name of the space in keys. */
  readonly key: string;
  readonly use: CacheUse;
  readonly memory: VectorMemory;
  readonly store: KvStore;
}

/**
 * How long the vectors of a space are, as one request knows it. If only the host knows, the length of its
 * first vector is remembered for all later requests, in memory and in KV. A vector of another length is
 * refused, and then the remembered length is dropped, too: nobody can say which of the two is wrong, and the
 * next answer decides. Cached vectors that do not have the remembered length are misses.
 */
export class SpaceDimensions {
  /** Of the catalogue, or what was asked for. */
  readonly #declared: number | undefined;
  readonly #deps: SpaceDimensionsDeps;
  #loading: Promise<void> | undefined;
  /** What the host said, in this request or in an earlier one. */
  #known: number | undefined;
  /** Of the first cached vector, while nothing else is known. */
  #assumed: number | undefined;
  #write: Write | undefined;
  #isRefused = false;

  constructor(deps: SpaceDimensionsDeps) {
    this.#deps = deps;
    this.#declared = deps.space.dimensions;
    const remembered = deps.use === 'full' ? deps.memory.dimensions : undefined;
    this.#known = remembered === 'dropped' ? undefined : remembered;
  }

  /** Whether the host contradicted itself: nothing of the request is stored then. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /** What is to be written to KV, first of all. */
  get writes(): readonly Write[] {
    return this.#write ? [this.#write] : [];
  }

  /**
   * Reads what an earlier request has learned, unless this isolate knows it. KV goes on for a minute with
   * what was dropped.
   */
  load(): Promise<void> {
    this.#loading ??= this.#read();
    return this.#loading;
  }

  async #read(): Promise<void> {
    const { memory, store, use } = this.#deps;
    if (this.#declared !== undefined || memory.dimensions !== undefined || use !== 'full') return;
    const stored = await store.readText(this.#kvKey);
    if (!stored || !/^[1-9]\d{0,5}$/.test(stored)) return;
    this.#known ??= Number(stored);
    memory.dimensions ??= this.#known;
  }

  /** Whether a cached vector can be one of this space. */
  fits({ length }: Float32Array): boolean {
    const expected = this.#declared ?? this.#known;
    if (expected !== undefined) return length === expected;
    this.#assumed ??= length;
    return length === this.#assumed;
  }

  /**
   * Checks the vectors of a host's answer.
   *
   * @throws UpstreamFailure `invalid-answer`, or ApiError `unsupported_parameter` if the host ignored
   * `dimensions`
   */
  require(vectors: readonly Float32Array[], host: string): void {
    for (const { length } of vectors) {
      const expected = this.#declared ?? this.#known;
      if (expected === undefined) this.#learn(length);
      else if (length !== expected) this.#refuse(length, expected, host);
    }
  }

  #learn(length: number): void {
    const { memory, use } = this.#deps;
    this.#known = length;
    if (use === 'none' || this.#isRefused || memory.dimensions === length) return;
    memory.dimensions = length;
    this.#setWrite(String(length));
  }

  #refuse(length: number, expected: number, host: string): never {
    if (this.#deps.space.isResized) throw ignored(host, length);
    if (this.#declared !== undefined) {
      throw invalidAnswer(host, `with ${length} dimensions; this model has ${expected}`);
    }
    this.#known = undefined;
    this.#isRefused = true;
    if (this.#deps.use !== 'none') {
      this.#deps.memory.dimensions = 'dropped';
      this.#setWrite(null);
    }
    throw invalidAnswer(
      host,
      `with ${length} dimensions, and has answered with ${expected} before. Send the request again`,
    );
  }

  #setWrite(value: string | null): void {
    const entry = async () => [this.#kvKey, value] as const;
    this.#write = { ttlSeconds: TTL_SECONDS, isExtra: true, entry };
  }

  get #kvKey(): string {
    return `embedding-dimensions:v1:${this.#deps.key}`;
  }
}

/** Hosts that do not know `dimensions` answer with all of them, and would again. */
function ignored(name: string, dimensions: number): ApiError {
  return new ApiError(
    'unsupported_parameter',
    `The host ${name} does not support \`dimensions\` for this model: it answered with ${dimensions}.`,
    { param: 'dimensions' },
  );
}
