import type { Limits } from './call/call.ts';
import type { Task } from './tasks.ts';

const SECOND = 1000;

/** How long each kind of request may take. A host that answers whole sends its headers only when all is generated. */
export const LIMITS: Readonly<Record<Task, Limits>> = {
  'text-generation': {
    headersMs: 120 * SECOND,
    firstEventMs: 60 * SECOND,
    totalMs: 600 * SECOND,
    coldMs: 90 * SECOND,
  },
  embedding: { headersMs: 30 * SECOND, firstEventMs: 30 * SECOND, totalMs: 90 * SECOND, coldMs: 60 * SECOND },
  'zero-shot-image-classification': {
    headersMs: 30 * SECOND,
    firstEventMs: 30 * SECOND,
    totalMs: 90 * SECOND,
    coldMs: 60 * SECOND,
  },
  'text-to-image': {
    headersMs: 120 * SECOND,
    firstEventMs: 120 * SECOND,
    totalMs: 240 * SECOND,
    coldMs: 120 * SECOND,
  },
};
