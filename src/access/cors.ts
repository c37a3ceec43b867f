import type { Context } from 'hono';

/**
 * CORS for every origin: who may call is a matter of keys, not of pages. By hand, because the middleware for it costs a
 * seventh of a pass-through request, and its headers serve browsers only.
 * Source: https://fetch.spec.whatwg.org/#http-cors-protocol
 */

const EXPOSED_HEADERS = [
  'x-request-id',
  'x-cedalion-model',
  'x-cedalion-target',
  'x-cedalion-attempts',
  'x-cedalion-seed',
  'retry-after',
  'server-timing',
  'cache-status',
].join(', ');

const PREFLIGHT_SECONDS = '86400';

export function addCors(request: Request, headers: Headers): void {
  if (!request.headers.has('origin')) return;
  headers.set('access-control-allow-origin', '*');
  headers.set('access-control-expose-headers', EXPOSED_HEADERS);
}

/** `*` does not cover Authorization, so the headers that a browser asks for are echoed. */
export function answerPreflight(c: Context): Response {
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-methods': 'GET, POST, OPTIONS',
      'access-control-allow-headers': c.req.header('access-control-request-headers') ?? '*',
      'access-control-max-age': PREFLIGHT_SECONDS,
      vary: 'Access-Control-Request-Headers',
    },
  });
}
