import { isolateState } from '../../base/isolate-state.ts';
import { MAX_TRAINED_MEMORY_BYTES } from '../../base/sizes.ts';
import type { Call } from '../../call/call.ts';
import type { Trained } from './classifier.ts';
import { askClassifiers, found } from './classifiers-of.ts';

/**
 * The isolate's own copies of what classifiers have learned. A classifier in use is checked once a second
 * beside the answer, so that no request waits for it. An answer is at most five seconds behind a change that
 * another isolate has made.
 */
const CHECK_AFTER_MS = 1_000;
const MAX_BEHIND_MS = 5_000;

interface Kept {
  readonly trained: Trained;
  /** When it was last known to be current. */
  checkedAt: number;
  nextCheckAt: number;
}

/** The one that was used last is last. */
const kept = isolateState('trained-classifiers', () => new Map<string, Kept>());

const keyOf = (id: string, { caller }: Call) => `${caller.account}\n${id}`;

/** @throws ApiError `classifier_not_found` or `classifiers_unavailable` */
export async function trainedOf(id: string, call: Call): Promise<Trained> {
  const key = keyOf(id, call);
  const known = kept.get(key);
  const now = Date.now();
  if (!known || now - known.checkedAt >= MAX_BEHIND_MS) return check(id, call, known);
  if (now >= known.nextCheckAt) {
    known.nextCheckAt = now + CHECK_AFTER_MS;
    call.waitUntil(check(id, call, known).catch(() => {}));
  }
  kept.delete(key);
  kept.set(key, known);
  return known.trained;
}

/** After a change by this isolate, its next request sees it. */
export function forgetTrained(id: string, call: Call): void {
  kept.delete(keyOf(id, call));
}

async function check(id: string, call: Call, known: Kept | undefined): Promise<Trained> {
  const key = keyOf(id, call);
  const asked = Date.now();
  const answer = await askClassifiers(call, (classifiers) =>
    classifiers.trained(id, known?.trained.classifier.version),
  );
  // Not if it was changed by this isolate meanwhile: the answer can be older.
  const isUnchanged = kept.get(key) === known;
  if (isUnchanged) kept.delete(key);
  const trained = known && answer === 'same' ? known.trained : (found(answer, 'classifier_id') as Trained);
  if (isUnchanged) kept.set(key, { trained, checkedAt: asked, nextCheckAt: asked + CHECK_AFTER_MS });
  dropOldest();
  return trained;
}

function dropOldest(): void {
  let bytes = 0;
  for (const [key, { trained }] of [...kept].reverse()) {
    bytes += trained.weights.byteLength + trained.bias.byteLength;
    if (bytes > MAX_TRAINED_MEMORY_BYTES) kept.delete(key);
  }
}
