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

/**
 * Both widths and both colour schemes once. Colours do not depend on the width. `every-page` has all four.
 */
export const PAIR = [VIEWS[0], VIEWS[3]] as const;

export interface OpenPage {
  readonly page: Page;
  /** Console errors and warnings: failed requests, script errors, content policy violations. */
  readonly complaints: string[];
}

/** Opens a page of the playground in a new profile and waits until the models are listed. */
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
  await page.waitForFunction(() => document.querySelector('#text-note')?.textContent !== '');
  return { page, complaints };
}

/**
 * Serious and critical axe-core findings of the visible page, one line each.
 *
 * @param within a selector: only what is in it is examined
 */
export async function accessibilityFindings(page: Page, within?: string): Promise<string[]> {
  await page.evaluate(AXE);
  // A string, because the code runs in the page, where axe is defined.
  // Of what passes it describes nothing: on the API reference that takes most of the time.
  const options = JSON.stringify({ resultTypes: ['violations'] });
  const results = (await page.evaluate(`axe.run(${JSON.stringify(within) ?? 'document'}, ${options})`)) as AxeResults;
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
    );
}

/** Whether the page is wider than its window. */
export async function overflows(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
}
