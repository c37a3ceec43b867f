import { ApiError } from '../base/errors.ts';
import { NO_CONTROLS } from '../base/text.ts';

/** How a request asks to be recorded as a run. */
export interface RunOptions {
  /** Its `Idempotency-Key`. */
  readonly key?: string | undefined;
  /** Whether a stream can be resumed: `X-Cedalion-Resume: true`. */
  readonly isResumable: boolean;
  /**
   * Whether the answer is fetched later: `Prefer: respond-async`, `X-Cedalion-Webhook`, or `"background":
   * true` in the body.
   */
  readonly isBackground: boolean;
  /** The longest wait for an answer: `Prefer: wait=<seconds>`. */
  readonly waitMs?: number | undefined;
  /** Whether the answer of a run in the background is sent as it comes. */
  readonly isFollowed?: boolean;
  /** Whether the request is kept as long as its answer. */
  readonly keepsRequest?: boolean;
}

const MAX_KEY_CHARACTERS = 255;
const MAX_WAIT_SECONDS = 600;

/**
 * @param asksModel whether the answer can take long: what other routes do is over at once, and only their
 * keys count
 * @returns undefined if the headers do not ask for a run: nearly always
 * @throws ApiError `invalid_parameter` if the key is unusable, or the caller wants nothing stored
 */
export function runRequested(headers: Headers, asksModel: boolean): RunOptions | undefined {
  const key = headers.get('idempotency-key');
  if (key === null && !asksModel) return undefined;
  const prefer = headers.get('prefer');
  const isResumable = asksModel && headers.get('x-cedalion-resume') === 'true';
  const hasWebhook = asksModel && headers.has('x-cedalion-webhook');
  if (key === null && prefer === null && !isResumable && !hasWebhook) return undefined;
  const { isBackground: prefersBackground, waitMs } = readPreferences(prefer ?? '');
  // A caller that gets a webhook at the end does not wait for it.
  const isBackground = asksModel && (prefersBackground || hasWebhook);
  if (key === null && !isResumable && !isBackground) return undefined;
  requireStorable(headers);
  return { key: key === null ? undefined : readKey(key), isResumable, isBackground, waitMs };
}

/** @throws ApiError `invalid_parameter` for `Cache-Control: no-store` */
export function requireStorable(headers: Headers): void {
  if (!/\bno-store\b/i.test(headers.get('cache-control') ?? '')) return;
  throw new ApiError(
    'invalid_parameter',
    'A run is stored. Remove `Cache-Control: no-store`, or the header or field that asks for the run.',
    { param: 'Cache-Control' },
  );
}

/** The draft of the header has the key in quotes; clients send it without. */
function readKey(value: string): string {
  const key = /^"(.*)"$/.exec(value)?.[1] ?? value;
  if (key !== '' && key.length <= MAX_KEY_CHARACTERS && NO_CONTROLS.test(key)) return key;
  throw new ApiError(
    'invalid_parameter',
    `\`Idempotency-Key\` must have 1 to ${MAX_KEY_CHARACTERS} characters and no control characters. Send a new UUID for each request.`,
    { param: 'Idempotency-Key' },
  );
}

/** Preferences that are not known, or have no usable value, are ignored. Source: RFC 7240 */
export function readPreferences(header: string): Pick<RunOptions, 'isBackground' | 'waitMs'> {
  let isBackground = false;
  let waitMs: number | undefined;
  for (const preference of header.split(',')) {
    const [name = '', value = ''] = (preference.split(';')[0] ?? '').split('=').map((part) => part.trim());
    if (name.toLowerCase() === 'respond-async') isBackground = true;
    const seconds = /^"?(\d{1,9})"?$/.exec(value)?.[1];
    if (name.toLowerCase() === 'wait' && seconds) waitMs = Math.min(Number(seconds), MAX_WAIT_SECONDS) * 1000;
  }
  return { isBackground, waitMs };
}
