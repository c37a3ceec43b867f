import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { loadClip } from '../../inference/src/clip.ts';
import { loadImage } from '../../inference/src/image.ts';
import { createServer } from '../../inference/src/server.ts';
import { loadText } from '../../inference/src/text.ts';
import { type Gateway, startGateway } from './gateway.ts';

export interface Origin {
  readonly url: string;
  stop(): Promise<void>;
}

const MODELS = join(import.meta.dirname, '../../inference/models');

/** The real inference server with the project's own models, on a free loopback port. */
export async function startOrigin(): Promise<Origin> {
  const own = (name: string) => join(MODELS, name);
  const [text, clip, image] = await Promise.all([
    loadText(own('tiny-text'), { threads: 1 }),
    loadClip(own('tiny-clip'), { threads: 1 }),
    loadImage(own('tiny-image'), { threads: 1 }),
  ]);
  return listen(createServer({ text, clip, image }));
}

/** The whole program: the Worker as it is deployed, in front of the real inference server. */
export async function startStack(settings: Record<string, string> = {}): Promise<Gateway> {
  const origin = await startOrigin();
  const gateway = await startGateway({ INFERENCE_URL: origin.url, ...settings });
  return {
    ...gateway,
    async stop() {
      await gateway.stop();
      await origin.stop();
    },
  };
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
