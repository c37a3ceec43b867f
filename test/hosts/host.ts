import { createServer } from 'node:http';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { listen, type Origin } from '../support/stack.ts';
import type { Answering, Fields, Sent } from './row.ts';

/**
 * A host on loopback that sends what a case of the table says. The id of the case is in the request: as the
 * model, or as the prompt where the model chooses the host.
 */
export async function startTableHost(cases: ReadonlyMap<string, Sent | Answering>, port = 0): Promise<Origin> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString('latin1');
    const id = idIn(body) ?? idIn(picturesIn(body)) ?? '';
    const sends = cases.get(id);
    const sent = typeof sends === 'function' ? sends(fieldsOf(body)) : sends;
    if (!sent) {
      response.writeHead(404).end();
      return;
    }
    const { status = 200, type = null, headers = {}, afterMs } = sent;
    if (afterMs !== undefined) await setTimeout(afterMs);
    response.writeHead(status, { ...(type !== null && { 'content-type': type }), ...headers });
    const pieces = Array.isArray(sent.body) ? sent.body : [sent.body];
    response.flushHeaders();
    for (const piece of pieces) {
      if (response.destroyed) return;
      if (typeof piece === 'number') await setTimeout(piece);
      else response.write(piece);
      await setImmediate();
    }
    response.end();
  });
  return port === 0 ? listen(server) : listenAt(server, port);
}

const idIn = (text: string) => /case-[\w-]+/.exec(text)?.[0];
const picturesIn = (body: string) =>
  [...body.matchAll(/;base64,([\w+/=]+)/g)]
    .map(([, base64 = '']) => Buffer.from(base64, 'base64').toString('latin1'))
    .join();

/** The fields of a JSON body, or of a form. */
function fieldsOf(body: string): Fields {
  if (body.startsWith('{')) return JSON.parse(body);
  const parts = body.matchAll(/name="(\w+)"\r\n\r\n([^\r]*)\r\n/g);
  return Object.fromEntries([...parts].map(([, name = '', value]) => [name, value]));
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
