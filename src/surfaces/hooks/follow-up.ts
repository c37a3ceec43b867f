import type { OneOffTarget } from '../../runs/webhooks/delivery.ts';

/**
 * What is to be done when a run has ended, beside telling the endpoints of its account. Plain data: stored
 * with the run.
 */
export interface FollowUp {
  /** The webhook that came with the request. */
  readonly webhook?: OneOffTarget;
  /** The delivery that started the run. */
  readonly hook?: StartedBy;
}

/** A delivery and its hook. */
export interface StartedBy {
  readonly hook: string;
  /** The sender's id of the delivery. */
  readonly delivery: string;
  readonly about?: string;
  /** Where Slack waits for the answer. */
  readonly responseUrl?: string;
}
