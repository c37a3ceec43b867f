import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Gateway, startGateway } from './gateway.ts';

export interface Origin {
  readonly url: string;
  stop(): Promise<void>;
}

const MODELS = join(import.meta.dirname, '../../inference/models');

/** The real inference server with the project's own models, on a free loopback port. */
export async function startOrigin(): Promise<Origin> {
  const [{ loadText }, { loadClip }, { loadImage }, { createServer }] = await Promise.all([
    import('../../inference/src/text.ts'),
    import('../../inference/src/clip.ts'),
    import('../../inference/src/image.ts'),
    import('../../inference/src/server.ts'),
  ]);
  const own = (name: string) => join(MODELS, name);
  const [text, clip, image] = await Promise.all([
    loadText(own('tiny-text'), { threads: 1 }),
    loadClip(own('tiny-clip'), { threads: 1 }),
    loadImage(own('tiny-image'), { threads: 1 }),
  ]);
  const server = createServer({ text, clip, image });
  const origin = await listen(server);
  // A script that has nothing else to do may end, though the files of a process share the server.
  server.unref();
  return origin;
}

const shared = globalThis as { cedalionOrigin?: Promise<Origin> };

/**
 * The inference server that the files of a process share, until the process ends: loading its models takes
 * longer than most files, and it remembers nothing of a request.
 */
function sharedOrigin(): Promise<Origin> {
  shared.cedalionOrigin ??= startOrigin();
  return shared.cedalionOrigin;
}

/** The whole program: the Worker as it is deployed, in front of the real inference server. */
export async function startStack(settings: Record<string, string> = {}): Promise<Gateway> {
  const origin = await sharedOrigin();
  return startGateway({ INFERENCE_URL: origin.url, ...settings });
}

/** Opens a server on a free loopback port. */
export async function listen(server: Server): Promise<Origin> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
