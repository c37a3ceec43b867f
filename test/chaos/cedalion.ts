import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle, LOCAL_KEY } from '../support/gateway.ts';
import type { Target } from './observe.ts';
import { startWorkerd } from './workerd.ts';

export interface Cedalion {
  readonly target: Target;
  stop(): Promise<void>;
}

/**
 * Bundles the Worker as it is deployed and starts it on workerd, with the faulty upstream as its OpenAI host.
 *
 * @param signal aborts the bundling
 */
export async function startCedalion(upstreamPort: number, signal?: AbortSignal): Promise<Cedalion> {
  const folder = await bundle(signal);
  try {
    const { port, stop } = await startWorkerd({
      script: join(folder, 'worker.js'),
      settings: {
        API_KEYS: LOCAL_KEY,
        OPENAI_BASE_URL: `http://127.0.0.1:${upstreamPort}/v1`,
        OPENAI_API_KEY: 'sk-chaos',
      },
    });
    return { target: { url: `http://127.0.0.1:${port}`, key: LOCAL_KEY, modelPrefix: 'openai/', headers: {} }, stop };
  } finally {
    await rm(folder, { recursive: true });
  }
}
