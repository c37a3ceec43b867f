/** What a request uses of its caller's limits. Whole numbers, so that sums are exact. */
export interface Amount {
  readonly requests: number;
  readonly tokens: number;
  readonly images: number;
  /** Millionths of a USD. */
  readonly microUsd: number;
}

export const NOTHING: Amount = { requests: 0, tokens: 0, images: 0, microUsd: 0 };

/** A sum of amounts. It changes in place: it is touched by every request of a limited caller. */
export class Tally implements Amount {
  requests = 0;
  tokens = 0;
  images = 0;
  microUsd = 0;

  add({ requests, tokens, images, microUsd }: Amount, times = 1): this {
    this.requests += requests * times;
    this.tokens += tokens * times;
    this.images += images * times;
    this.microUsd += microUsd * times;
    return this;
  }

  covers({ requests, tokens, images, microUsd }: Amount): boolean {
    return this.requests >= requests && this.tokens >= tokens && this.images >= images && this.microUsd >= microUsd;
  }

  get isNothing(): boolean {
    return this.requests === 0 && this.tokens === 0 && this.images === 0 && this.microUsd === 0;
  }

  /** @returns the sum as plain data, which can be sent; the tally begins again */
  take(): Amount {
    const { requests, tokens, images, microUsd } = this;
    this.requests = this.tokens = this.images = this.microUsd = 0;
    return { requests, tokens, images, microUsd };
  }
}
