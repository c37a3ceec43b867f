// The minimal gateway on Node, with the same server as the peer: the cost of Node itself.
import { serve } from '@hono/node-server';

const { UPSTREAM, PORT } = process.env;

serve({
  hostname: '127.0.0.1',
  port: Number(PORT),
  fetch: (request) =>
    fetch(UPSTREAM + new URL(request.url).pathname, {
      method: request.method,
      headers: { 'content-type': 'application/json' },
      body: request.body,
      duplex: 'half',
    }),
});
