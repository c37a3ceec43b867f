/**
 * CORS for every origin: access is decided by keys, not by pages.
 * Source: https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export const corsOptions = {
  origin: '*',
  allowMethods: ['GET', 'POST', 'PATCH', 'DELETE', 'OPTIONS'],
  // Without a list, the headers that a browser asks for are echoed: `*` does not cover Authorization.
  exposeHeaders: [
    'x-request-id',
    'x-cedalion-model',
    'x-cedalion-target',
    'x-cedalion-attempts',
    'x-cedalion-seed',
    'x-should-retry',
    'retry-after',
    'server-timing',
    'cache-status',
  ],
  maxAge: 86_400,
};
