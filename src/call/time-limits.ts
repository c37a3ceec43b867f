import type { TimeLimits } from './call.ts';
import type { Task } from './tasks.ts';

const SECOND = 1000;

const QUICK: TimeLimits = {
  headersMs: 30 * SECOND,
  firstEventMs: 30 * SECOND,
  totalMs: 90 * SECOND,
  coldMs: 60 * SECOND,
};

const PICTURE: TimeLimits = {
  headersMs: 120 * SECOND,
  firstEventMs: 120 * SECOND,
  totalMs: 240 * SECOND,
  coldMs: 120 * SECOND,
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
  'text-ranking': QUICK,
  moderation: QUICK,
  'zero-shot-image-classification': QUICK,
  'text-to-image': PICTURE,
  'image-to-image': PICTURE,
  'automatic-speech-recognition': {
    headersMs: 180 * SECOND,
    firstEventMs: 60 * SECOND,
    totalMs: 600 * SECOND,
    coldMs: 120 * SECOND,
  },
  'text-to-speech': {
    headersMs: 120 * SECOND,
    firstEventMs: 60 * SECOND,
    totalMs: 600 * SECOND,
    coldMs: 120 * SECOND,
  },
  /** Routes that ask no model. */
  none: QUICK,
};

/**
 * Time limits of a run in the background: nobody holds a connection. The platform keeps an object alive for
 * one piece of work for 15 minutes.
 */
export const BACKGROUND_TIME_LIMITS: TimeLimits = {
  headersMs: 840 * SECOND,
  firstEventMs: 840 * SECOND,
  totalMs: 840 * SECOND,
  coldMs: 600 * SECOND,
};
