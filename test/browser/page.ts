import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export interface View {
  readonly name: string;
  readonly viewport: { readonly width: number; readonly height: number };
  readonly colorScheme: 'light' | 'dark';
}

export const VIEWS = [
  { name: 'desktop, light', viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  { name: 'desktop, dark', viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  { name: 'phone, light', viewport: { width: 390, height: 844 }, colorScheme: 'light' },
  { name: 'phone, dark', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
] as const satisfies readonly View[];

export interface OpenPage {
  readonly page: Page;
  /** What the browser complained of: failed requests, errors of scripts, breaches of the content policy. */
  readonly complaints: string[];
}

/** Opens a page of the playground in a fresh profile, and waits until the models are listed. */
export async function open(browser: Browser, url: string, view: View, fragment = ''): Promise<OpenPage> {
  const context = await browser.newContext({
    viewport: view.viewport,
    colorScheme: view.colorScheme,
    reducedMotion: 'reduce',
    permissions: ['camera', 'clipboard-read', 'clipboard-write'],
  });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  await page.goto(`${url}/${fragment}`);
  await page.waitForSelector('#text-model option', { state: 'attached' });
  return { page, complaints };
}

/** What axe-core finds serious or critical in what is shown now, one line each. */
export async function accessibilityFindings(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  // A string, since the function runs in the page, where axe is.
  const results = (await page.evaluate('axe.run(document)')) as AxeResults;
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
    );
}

/** Whether anything makes the page wider than its window. */
export async function overflows(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
}
