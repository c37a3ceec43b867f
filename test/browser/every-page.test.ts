import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { sharedBrowser } from './chromium.ts';
import { accessibilityFindings, open, overflows, VIEWS } from './page.ts';

/** What holds for all pages: the first screen, code, contrast, names, 200% zoom. */

const PAGES = [
  ...['text', 'prompts', 'similarity', 'teach', 'images', 'audio', 'models', 'runs', 'tokens', 'usage', 'webhooks'],
];
const LANGUAGES = ['curl', 'TypeScript', 'Swift', 'Kotlin'];
/** The Text page also shows its request in Anthropic's shape. */
const languagesOf = (page: string) => [...LANGUAGES, ...(page === 'text' ? ['Anthropic'] : [])];
/** 1280 by 800 pixels at 200%. */
const ZOOMED = { name: '200%', viewport: { width: 640, height: 400 }, colorScheme: 'light' } as const;

let browser: Browser;
beforeAll(async () => {
  browser = await sharedBrowser(inject('browser'));
});
afterAll(() => browser.close());

async function show(page: Page, name: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, name);
  await page.locator(`#${name} .segments, #${name} .main, #${name} .plain`).first().waitFor();
  await expect.poll(() => page.locator(`#${name} > [inert]`).count()).toBe(0);
}

/** The lower edge of the button that sends a page's form; 0 if the page has none. */
const lowerEdge = (page: Page, name: string) =>
  page.evaluate((id) => document.querySelector(`#${id} .main`)?.getBoundingClientRect().bottom ?? 0, name);

describe.each(VIEWS)('every page, $name', (view) => {
  test('is accessible, fits its window, has its button on the first screen and code in four languages', async () => {
    const { page, complaints } = await open(browser, inject('url'), view);
    for (const name of PAGES) {
      await show(page, name);
      expect(await lowerEdge(page, name), name).toBeLessThanOrEqual(view.viewport.height);
      expect(await overflows(page), name).toBe(false);
      expect(await accessibilityFindings(page), name).toEqual([]);
      const snippets = page.locator(`#${name}-snippets`);
      expect(await snippets.locator('label').allTextContents(), name).toEqual(languagesOf(name));
      for (const language of languagesOf(name)) {
        await snippets.locator('label', { hasText: language }).click();
        expect(await snippets.locator('code').textContent(), `${name}, ${language}`).toContain('/v1');
      }
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

test('the header is large on the first page of the first visit only, and Send is on the first screen even then', async () => {
  for (const view of [VIEWS[0], VIEWS[2]]) {
    const { page } = await open(browser, inject('url'), view);
    const height = () => page.locator('header').evaluate((header) => header.getBoundingClientRect().height);
    const first = await height();
    expect(await lowerEdge(page, 'text')).toBeLessThanOrEqual(view.viewport.height);
    await show(page, 'runs');
    const small = await height();
    expect(small).toBeLessThan(110);
    expect(first).toBeGreaterThan(small + 60);
    await page.goto(inject('url'));
    expect(await height()).toBe(small);
    await page.context().close();
  }
});

test('at 200% all pages fit their window', async () => {
  const { page } = await open(browser, inject('url'), ZOOMED);
  for (const name of PAGES) {
    await show(page, name);
    expect(await overflows(page), name).toBe(false);
  }
  await page.context().close();
});
