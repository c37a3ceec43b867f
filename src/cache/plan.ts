import { isObject } from '../base/is-object.ts';
import { MAX_CACHED_FILES_BYTES } from '../base/sizes.ts';
import type { Call, Received } from '../call/call.ts';
import type { JsonObject, Model } from '../call/tasks.ts';
import { type Bypass, reportBypass } from './cache-status.ts';
import { CACHE_HEADER, readWish, type Wish } from './wish.ts';

/** A request whose answer may come from the cache. */
export interface Plan {
  readonly wish: Wish;
  readonly received: Received;
}

/**
 * Decides whether a request is looked up in the cache, and reports why not if it asked for that.
 *
 * @returns undefined if not
 * @throws ApiError `invalid_parameter`
 */
export function planCache(model: Model, body: unknown, call: Call): Plan | undefined {
  const { received } = call;
  // Vectors have a cache of their own.
  if (!received || model.task === 'embedding') return undefined;
  const wish = readWish(call);
  if (wish === undefined) return undefined;
  const bypass = wish === 'none' ? 'no-store' : whyBypassed(model, body as JsonObject, received, call);
  if (wish !== 'none' && bypass === undefined) return { wish, received };
  reportBypass(call.report, bypass ?? 'no-store');
  return undefined;
}

/** Says of a request that is recorded, and asks for the cache, that it is not looked up. */
export function reportRun({ report }: Call, headers: Headers): void {
  if (headers.has(CACHE_HEADER)) reportBypass(report, 'run');
}

function whyBypassed({ task }: Model, body: JsonObject, received: Received, call: Call): Bypass | undefined {
  const { outcome, settings, large, attachments, upload } = call;
  if (settings.answers.secret === undefined) return 'not-configured';
  if (outcome.run !== undefined) return 'run';
  const { store, background, previous_response_id } = isObject(received.input) ? received.input : {};
  if (store === true) return 'store';
  if (background === true) return 'run';
  if (previous_response_id != null) return 'conversation';
  if ((task === 'text-to-image' || task === 'image-to-image') && body.seed == null) return 'seed';
  // Placeholders have other names in each request. A body that is passed on has its own bytes.
  if (large && !received.forwarded) return 'size';
  let files = upload?.bytes ?? 0;
  for (const { length } of attachments.values()) files += length;
  if (files > MAX_CACHED_FILES_BYTES || (upload && !upload.isHeld)) return 'size';
  return undefined;
}
