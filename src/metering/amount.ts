/** What a request uses of its caller's limits. Whole numbers, so that sums are exact. */
export interface Amount {
  readonly requests: number;
  readonly tokens: number;
  readonly images: number;
  /** Millionths of a USD. */
  readonly microUsd: number;
}

export const NOTHING: Amount = { requests: 0, tokens: 0, images: 0, microUsd: 0 };

export function sum(a: Amount, b: Amount): Amount {
  return {
    requests: a.requests + b.requests,
    tokens: a.tokens + b.tokens,
    images: a.images + b.images,
    microUsd: a.microUsd + b.microUsd,
  };
}

export function times(a: Amount, factor: number): Amount {
  return {
    requests: a.requests * factor,
    tokens: a.tokens * factor,
    images: a.images * factor,
    microUsd: a.microUsd * factor,
  };
}

export const minus = (a: Amount, b: Amount): Amount => sum(a, times(b, -1));

export function covers(a: Amount, b: Amount): boolean {
  return a.requests >= b.requests && a.tokens >= b.tokens && a.images >= b.images && a.microUsd >= b.microUsd;
}
