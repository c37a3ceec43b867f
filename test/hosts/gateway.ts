import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startWorkerd } from '../chaos/workerd.ts';
import { type Receiver, startReceiver } from '../runs/receiver.ts';
import { bundle, LOCAL_KEY } from '../support/gateway.ts';
import type { Gateway } from './surface.ts';

export interface OwnGateway extends Gateway {
  stop(): Promise<void>;
}

/** Shorter than the silences of the table, and longer than a busy machine takes to pass an event on. */
const KEEPALIVE_SECONDS = '3';

/**
 * Starts Cedalion on workerd, with the host of the table behind it and a receiver of its webhooks.
 *
 * @param collected the models whose whole answers are collected from streams
 */
export async function startOwnGateway(
  hostUrl: string,
  collected: readonly string[],
  signal?: AbortSignal,
): Promise<OwnGateway> {
  const folder = await bundle(signal);
  const receiver = await startReceiver();
  try {
    const { port, stop } = await startWorkerd({
      script: join(folder, 'worker.js'),
      settings: {
        API_KEYS: LOCAL_KEY,
        OPENAI_BASE_URL: `${hostUrl}/v1`,
        OPENAI_API_KEY: 'sk-of-the-host',
        INFERENCE_URL: hostUrl,
        WEBHOOK_LOOPBACK: 'true',
        KEEPALIVE_SECONDS,
        HOST_OPTIONS: JSON.stringify(
          Object.fromEntries(collected.map((model) => [`openai/${model}`, { collect: true }])),
        ),
      },
    });
    const url = `http://127.0.0.1:${port}`;
    await fetch(`${url}/v1/webhook_endpoints`, {
      method: 'POST',
      headers: { authorization: `Bearer ${LOCAL_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ url: `${receiver.url}/hook` }),
    });
    return {
      url,
      key: LOCAL_KEY,
      modelPrefix: 'openai/',
      headers: {},
      keepsAlive: true,
      webhook: (run) => received(receiver, run),
      async stop() {
        await stop();
        await receiver.stop();
      },
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function received(receiver: Receiver, run: string): Promise<{ type: string }> {
  for (let tries = 0; tries < 200; tries++) {
    const event = receiver.received.map(({ body }) => JSON.parse(body)).find(({ data }) => data.id === run);
    if (event) return event;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('No webhook came within 10 s.');
}
