import type { Check } from '../checks.ts';
import type { Serve } from '../upstream.ts';

interface Described {
  /** The name of the scenario, and the model id that requests it. */
  readonly name: string;
  /** What the upstream does. */
  readonly upstream: string;
  /** What a correct gateway does. */
  readonly correct: string;
  readonly stream: boolean;
  readonly serve: Serve;
  /** Duration, if it is long. */
  readonly seconds?: number;
}

/** A client that stays to the end. */
export interface Answered extends Described {
  readonly check: Check;
}

/** A client that leaves when the upstream says so. The upstream must be closed within a second. */
export interface Left extends Described {
  /** `closes` after the first event, `resets` before it. */
  readonly leave: 'closes' | 'resets';
}

/** A client that stops reading. The upstream must be slowed down. */
export interface Slow extends Described {
  readonly mostBytes: number;
}

export type Scenario = Answered | Left | Slow;
