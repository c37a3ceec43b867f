/** What is counted. */
export interface Counts {
  readonly requests: number;
  readonly tokens: number;
  readonly images: number;
  /** Millionths of a USD. */
  readonly microUsd: number;
}

declare const checked: unique symbol;

/**
 * What a request uses of its caller's limits. Only `amountOf` makes one: whole numbers, so that sums are
 * exact, and never NaN, with which every comparison is false and every limit open.
 */
export type Amount = Counts & { readonly [checked]: true };

const NAMES = ['requests', 'tokens', 'images', 'microUsd'] as const;

/**
 * Checks counts where they come in: from an estimate, a host, another object, or storage.
 *
 * @throws RangeError if one of them is not a whole number from 0 to 2^53 - 1
 */
export function amountOf({ requests, tokens, images, microUsd }: Counts): Amount {
  if (isCount(requests) && isCount(tokens) && isCount(images) && isCount(microUsd)) {
    return { requests, tokens, images, microUsd } as Amount;
  }
  const values = { requests, tokens, images, microUsd };
  const name = NAMES.find((name) => !isCount(values[name]));
  throw new RangeError(`An amount has ${name} that are no count.`);
}

/** Whether a value, whatever its type, is a whole number from 0 to 2^53 - 1. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export const NOTHING = amountOf({ requests: 0, tokens: 0, images: 0, microUsd: 0 });
export const ONE_REQUEST = amountOf({ ...NOTHING, requests: 1 });

/**
 * A sum of amounts. It changes in place: it is touched by every request of a limited caller. It stays within
 * what can be counted exactly: a sum beyond that is beyond every limit, and less than nothing would raise a
 * budget.
 */
export class AmountSum {
  requests = 0;
  tokens = 0;
  images = 0;
  microUsd = 0;

  add({ requests, tokens, images, microUsd }: Amount | AmountSum, times = 1): this {
    this.requests = clamped(this.requests + requests * times);
    this.tokens = clamped(this.tokens + tokens * times);
    this.images = clamped(this.images + images * times);
    this.microUsd = clamped(this.microUsd + microUsd * times);
    return this;
  }

  covers({ requests, tokens, images, microUsd }: Amount): boolean {
    return this.requests >= requests && this.tokens >= tokens && this.images >= images && this.microUsd >= microUsd;
  }

  get isNothing(): boolean {
    return this.requests === 0 && this.tokens === 0 && this.images === 0 && this.microUsd === 0;
  }

  get amount(): Amount {
    return amountOf(this);
  }

  /** @returns the sum as plain data, which can be sent; it begins again at nothing */
  drain(): Amount {
    const { amount } = this;
    this.requests = this.tokens = this.images = this.microUsd = 0;
    return amount;
  }
}

function clamped(sum: number): number {
  return sum > Number.MAX_SAFE_INTEGER ? Number.MAX_SAFE_INTEGER : sum < 0 ? 0 : sum;
}
