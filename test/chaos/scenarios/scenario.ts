import type { Check } from '../checks.ts';
import type { Serve } from '../upstream.ts';

interface Described {
  /** Names the scenario, and is the model id that asks for it. */
  readonly name: string;
  /** What the upstream does. */
  readonly upstream: string;
  /** What a correct gateway does. */
  readonly correct: string;
  readonly stream: boolean;
  readonly serve: Serve;
  /** How long it takes, where that is long. */
  readonly seconds?: number;
}

/** A client that stays to the end. */
export interface Answered extends Described {
  readonly check: Check;
}

/** A client that leaves when the upstream says so; its upstream must be closed within a second. */
export interface Left extends Described {
  /** `closes` once it has had the first event, `resets` before. */
  readonly leave: 'closes' | 'resets';
}

/** A client that stops reading; the upstream must be held back. */
export interface Slow extends Described {
  readonly mostBytes: number;
}

export type Scenario = Answered | Left | Slow;
