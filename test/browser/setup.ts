import type { TestProject } from 'vitest/node';
import { startGateway } from '../support/gateway.ts';
import { startOrigin } from '../support/stack.ts';
import { findChromium, launchShared } from './chromium.ts';
import { startOpenaiHost } from './openai-host.ts';
import { startPacedProxy } from './paced-proxy.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    url: string;
    /** Of the host of OPENAI_BASE_URL. */
    host: string;
    /** Where the shared browser is. */
    browser: string;
  }
}

/** Starts the inference server, the Worker and the browser once for all test files. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!findChromium()) {
    console.error(
      'Chromium is not installed. On Debian run apt-get install chromium. Otherwise set CHROMIUM to its path.',
    );
    process.exit(1);
  }
  const browser = await launchShared();
  const origin = await startOrigin();
  const proxy = await startPacedProxy(origin.url);
  const host = await startOpenaiHost();
  const settings = { INFERENCE_URL: proxy.url, OPENAI_BASE_URL: `${host.url}/v1`, WEBHOOK_LOOPBACK: 'true' };
  const gateway = await startGateway(settings);
  project.provide('url', gateway.url);
  project.provide('host', host.url);
  project.provide('browser', browser.wsEndpoint());
  return async () => {
    await browser.close();
    await gateway.stop();
    await proxy.stop();
    await host.stop();
    await origin.stop();
  };
}
