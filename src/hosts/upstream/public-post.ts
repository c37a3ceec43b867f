import { retryAfterSeconds } from './retry-after.ts';

export interface Posted {
  /** 0 if there was no answer: the connection failed, or the time limit passed. */
  readonly status: number;
  readonly retryAfterSeconds?: number | undefined;
}

/**
 * Posts to an address that a caller named and the guard has passed (public-url.ts). A redirect is not
 * followed, and of the answer only the status and `Retry-After` are read.
 */
export async function postPublic(
  url: URL,
  { headers, body, limitMs }: { headers: Record<string, string>; body: string; limitMs: number },
): Promise<Posted> {
  const late = new AbortController();
  // Not AbortSignal.timeout: its timer would outlive the request, and keep a Durable Object in memory.
  const timer = setTimeout(() => late.abort(), limitMs);
  try {
    const response = await fetch(url.href, { method: 'POST', headers, body, redirect: 'manual', signal: late.signal });
    await response.body?.cancel().catch(() => {});
    return { status: response.status, retryAfterSeconds: retryAfterSeconds(response.headers) };
  } catch {
    return { status: 0 };
  } finally {
    clearTimeout(timer);
  }
}
