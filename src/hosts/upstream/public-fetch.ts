import { declaredLength, readBounded, readChunks } from '../../base/bytes/bounded-body.ts';
import { ApiError } from '../../base/errors.ts';
import { USER_AGENT } from '../../base/user-agent.ts';
import type { Call } from '../../call/call.ts';
import { startStage } from '../../call/report.ts';

/** Reads a body while it is admitted. @returns undefined if it was given up */
async function readAdmitted(
  response: Response,
  { maxBytes, tooLarge, admit }: Pick<PublicFetch, 'maxBytes' | 'admit'> & { tooLarge(): Error },
): Promise<Uint8Array | undefined> {
  const declared = declaredLength(response);
  if (declared !== undefined) {
    if (declared <= maxBytes && !admit(declared)) {
      await response.body?.cancel();
      return undefined;
    }
    return readBounded(response, maxBytes, tooLarge);
  }
  if (!response.body) return new Uint8Array();
  let isRefused = false;
  try {
    return await readChunks(response.body, {
      maxBytes,
      tooLarge,
      onBytes(bytes) {
        isRefused = !admit(bytes);
        if (isRefused) throw tooLarge();
      },
    });
  } catch (error) {
    if (isRefused) return undefined;
    throw error;
  }
}

/** How a URL that is not the operator's is fetched: see `fetchPublic`. */
export interface PublicFetch {
  /** The guard. Checks the first URL and every redirect. */
  readonly check: (url: string) => URL | undefined;
  /**
   * Asked before bytes of the body are read: all that are declared, or chunk by chunk. False gives the body
   * up.
   */
  readonly admit: (bytes: number) => boolean;
  readonly maxBytes: number;
  readonly refused: () => ApiError;
  readonly failed: (what: string) => ApiError;
}

const PUBLIC_LIMIT_MS = 10_000;
const MAX_REDIRECTS = 3;

/**
 * Fetches what a caller named, without credentials, within 10 s. Only follows redirects that pass the guard.
 *
 * @returns undefined if the body was not admitted
 */
export async function fetchPublic(
  url: string,
  call: Call,
  { check, admit, maxBytes, refused, failed }: PublicFetch,
): Promise<Uint8Array | undefined> {
  const late = new AbortController();
  const removeLimit = call.deadlines.in(PUBLIC_LIMIT_MS, () => late.abort());
  const forget = call.cancellation.onCancel(() => late.abort());
  const endStage = startStage(call.report, 'pictures');
  let next = check(url);
  try {
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      if (!next) throw refused();
      const response = await call.cancellation.race(
        fetch(next.href, {
          headers: { ...USER_AGENT, accept: 'image/png, image/jpeg, image/webp, image/gif' },
          redirect: 'manual',
          signal: late.signal,
        }),
      );
      if (response.ok) {
        const tooLarge = () => failed(`is larger than ${maxBytes} bytes`);
        return await call.cancellation.race(readAdmitted(response, { maxBytes, tooLarge, admit }));
      }
      await response.body?.cancel();
      const location = response.headers.get('location');
      if (response.status < 300 || response.status >= 400 || location === null) {
        throw failed(`could not be fetched: its host answered with status ${response.status}`);
      }
      next = check(URL.parse(location, next.href)?.href ?? '');
    }
    throw failed(`redirects more than ${MAX_REDIRECTS} times`);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw failed(late.signal.aborted ? `did not arrive within ${PUBLIC_LIMIT_MS / 1000} s` : 'could not be fetched');
  } finally {
    removeLimit();
    forget();
    endStage();
  }
}
