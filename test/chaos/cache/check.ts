import type { CachingGateway } from './gateway.ts';
import type { CountingHost } from './host.ts';

/** What a correct cache does in one situation. */
export interface Check {
  readonly name: string;
  readonly correct: string;
  /** Whether only a gateway with users, budgets and deletion can be asked for it. */
  readonly needsMore?: boolean;
  /** @returns what was wrong */
  run(gateway: CachingGateway, host: CountingHost): Promise<string | undefined>;
}

export type More = NonNullable<CachingGateway['more']>;
