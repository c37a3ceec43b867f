/** What one account used of one model on one day. */
export interface Usage {
  /** `2026-11-24`, UTC. */
  readonly day: string;
  readonly account: string;
  readonly model: string;
  readonly requests: number;
  /** Those of them that were answered with an error. */
  readonly failed: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly images: number;
  readonly cacheHits: number;
  readonly cacheMisses: number;
  readonly microUsd: number;
  /** Requests whose tokens were estimated, because the host did not say. */
  readonly estimated: number;
}

/** The columns that are added up. */
export const COUNTS = [
  'requests',
  'failed',
  'promptTokens',
  'completionTokens',
  'images',
  'cacheHits',
  'cacheMisses',
  'microUsd',
  'estimated',
] as const;

/** Usage as it is stored. A count that is damaged is null: nobody knows it. */
export type StoredUsage = Pick<Usage, 'day' | 'account' | 'model'> & {
  readonly [Name in (typeof COUNTS)[number]]: number | null;
};

export const USAGE_DAYS_KEPT = 400;
