import type { TimeLimits } from './call/call.ts';
import type { Task } from './tasks.ts';

const SECOND = 1000;

const QUICK: TimeLimits = {
  headersMs: 30 * SECOND,
  firstEventMs: 30 * SECOND,
  totalMs: 90 * SECOND,
  coldMs: 60 * SECOND,
};

/** Time limits by task. A host that does not stream sends its headers only when everything is generated. */
export const TIME_LIMITS: Readonly<Record<Task | 'none', TimeLimits>> = {
  'text-generation': {
    headersMs: 120 * SECOND,
    firstEventMs: 60 * SECOND,
    totalMs: 600 * SECOND,
    coldMs: 90 * SECOND,
  },
  embedding: QUICK,
  'zero-shot-image-classification': QUICK,
  'text-to-image': {
    headersMs: 120 * SECOND,
    firstEventMs: 120 * SECOND,
    totalMs: 240 * SECOND,
    coldMs: 120 * SECOND,
  },
  /** Routes that ask no model. */
  none: QUICK,
};
