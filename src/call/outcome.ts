import { type ApiError, toApiError } from '../base/errors.ts';

export interface Tokens {
  readonly prompt: number;
  readonly completion: number;
  /** Of those of the prompt: what the host read from a cache of its own. Undefined if none, or not said. */
  readonly cached?: number;
  /** Set if the host did not say: from the size of a stream. */
  readonly estimated?: true;
}

export interface CacheUse {
  readonly hits: number;
  readonly misses: number;
  readonly refreshed: boolean;
}

/**
 * What became of a request. It decides what is charged (metering/meter.ts), when that is settled
 * (metered.ts), whether a run is stored (runs/run-life.ts) and what a page of another origin may read
 * (access/cors.ts). Each field has one writer: a method here. What is only logged is in a report.
 */
export class Outcome {
  #attempts = 0;
  #tokens: Tokens | undefined;
  #seconds: number | undefined;
  #images: number | undefined;
  #cache: CacheUse | undefined;
  #error: string | undefined;
  #bodyDone: Promise<void> | undefined;
  #run: string | undefined;

  /** Requests sent to hosts, retries and fallbacks included. */
  get attempts(): number {
    return this.#attempts;
  }

  /** Undefined if the host did not say. */
  get tokens(): Tokens | undefined {
    return this.#tokens;
  }

  /** The length of the sound that was transcribed, if the host said so. */
  get seconds(): number | undefined {
    return this.#seconds;
  }

  /** Pictures that were generated. */
  get images(): number | undefined {
    return this.#images;
  }

  get cache(): CacheUse | undefined {
    return this.#cache;
  }

  /** The code of an error that the caller got, or would have got if it had not left. */
  get error(): string | undefined {
    return this.#error;
  }

  /** Settles when the last byte of a streamed answer is gone. Undefined if the answer is whole. */
  get bodyDone(): Promise<void> | undefined {
    return this.#bodyDone;
  }

  /** The run that answers, or that is executed. */
  get run(): string | undefined {
    return this.#run;
  }

  addAttempt(): void {
    this.#attempts++;
  }

  /** Several prompts, or pictures, of one request can be several requests to a host. */
  addTokens({ prompt, completion, cached, estimated }: Tokens): void {
    const before = this.#tokens;
    const sum: { -readonly [Name in keyof Tokens]: Tokens[Name] } = {
      prompt: prompt + (before?.prompt ?? 0),
      completion: completion + (before?.completion ?? 0),
    };
    const allCached = (cached ?? 0) + (before?.cached ?? 0);
    if (allCached > 0) sum.cached = allCached;
    if (estimated ?? before?.estimated) sum.estimated = true;
    this.#tokens = sum;
  }

  addSeconds(seconds: number): void {
    this.#seconds = seconds + (this.#seconds ?? 0);
  }

  addImages(count: number): void {
    this.#images = count + (this.#images ?? 0);
  }

  addCacheUse({ hits, misses, refreshed }: CacheUse): void {
    const before = this.#cache ?? { hits: 0, misses: 0, refreshed: false };
    this.#cache = {
      hits: hits + before.hits,
      misses: misses + before.misses,
      refreshed: refreshed || before.refreshed,
    };
  }

  /** Notes why the work of a request failed. What fails later, because of it, changes nothing. */
  fail(code: string): void {
    this.#error ??= code;
  }

  /** Notes what a request is answered with, if that is an error. @returns it as the caller sees it */
  failWith(error: unknown): ApiError {
    const failure = toApiError(error);
    this.#error = failure.code;
    return failure;
  }

  /** @param done settles when the last byte is gone */
  streamUntil(done: Promise<void>): void {
    this.#bodyDone = done;
  }

  /** Notes why a stream breaks off, if it does: its client only sees a connection that breaks. */
  failIfBroken(code: () => string): void {
    this.#bodyDone = this.#bodyDone?.catch(() => this.fail(code()));
  }

  /** The answer is whole: what was streamed within the request has been read to its end. */
  endBody(): void {
    this.#bodyDone = undefined;
  }

  setRun(id: string): void {
    this.#run = id;
  }

  /** Adds what became of a part of the request that was run for itself, as another route. */
  include({ attempts, tokens, seconds, images, cache, error }: Outcome): void {
    this.#attempts += attempts;
    if (tokens) this.addTokens(tokens);
    if (seconds !== undefined) this.addSeconds(seconds);
    if (images !== undefined) this.addImages(images);
    if (cache) this.addCacheUse(cache);
    if (error !== undefined) this.fail(error);
  }
}
