import { existsSync } from 'node:fs';
import { type Browser, type BrowserServer, chromium, type LaunchOptions } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** @returns the path of Chromium, or undefined. The variable `CHROMIUM` sets another path. */
export function findChromium(): string | undefined {
  const named = process.env.CHROMIUM;
  return [...(named ? [named] : []), ...PLACES].find((path) => existsSync(path));
}

/** A headless browser with a fake camera and without background requests. @throws Error without Chromium */
function options(): LaunchOptions {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('Chromium is not installed.');
  return {
    executablePath,
    args: [
      // Containers have no user namespaces for the sandbox. Only pages of this project are opened.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
    ],
  };
}

export async function launch(): Promise<Browser> {
  return chromium.launch(options());
}

/** Starts a browser that several processes share: see `sharedBrowser`. */
export async function launchShared(): Promise<BrowserServer> {
  return chromium.launchServer(options());
}

/** Connects to a shared browser. Closing the connection closes its pages, and not the browser. */
export async function sharedBrowser(endpoint: string): Promise<Browser> {
  return chromium.connect(endpoint);
}
