import { createServer } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { listen, type Origin } from '../support/stack.ts';
import type { Sent } from './row.ts';

/**
 * A host on loopback that sends what a case of the table says. The id of the case is in the request: as the
 * model, or as the prompt where the model chooses the host.
 */
export async function startTableHost(cases: ReadonlyMap<string, Sent>, port = 0): Promise<Origin> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const id = /case-[\w-]+/.exec(Buffer.concat(chunks).toString('latin1'))?.[0] ?? '';
    const sent = cases.get(id);
    if (!sent) {
      response.writeHead(404).end();
      return;
    }
    const { status = 200, type = null, headers = {}, body } = sent;
    response.writeHead(status, { ...(type !== null && { 'content-type': type }), ...headers });
    for (const piece of Array.isArray(body) ? body : []) {
      if (response.destroyed) return;
      response.write(piece);
      await setImmediate();
    }
    response.end(Array.isArray(body) ? undefined : body);
  });
  return port === 0 ? listen(server) : listenAt(server, port);
}

async function listenAt(server: ReturnType<typeof createServer>, port: number): Promise<Origin> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
