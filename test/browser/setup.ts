import type { TestProject } from 'vitest/node';
import { startGateway } from '../support/gateway.ts';
import { startOrigin } from '../support/stack.ts';
import { findChromium } from './chromium.ts';
import { startPacedProxy } from './paced-proxy.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    url: string;
  }
}

/** Starts the inference server and the Worker once for all test files. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!findChromium()) {
    console.error(
      'Chromium is not installed. On Debian run apt-get install chromium. Otherwise set CHROMIUM to its path.',
    );
    process.exit(1);
  }
  const origin = await startOrigin();
  const proxy = await startPacedProxy(origin.url);
  const gateway = await startGateway({ INFERENCE_URL: proxy.url, WEBHOOK_LOOPBACK: 'true' });
  project.provide('url', gateway.url);
  return async () => {
    await gateway.stop();
    await proxy.stop();
    await origin.stop();
  };
}
