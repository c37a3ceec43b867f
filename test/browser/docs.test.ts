import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { sharedBrowser } from './chromium.ts';
import { accessibilityFindings, overflows, PAIR } from './page.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await sharedBrowser(inject('browser'));
});
afterAll(() => browser.close());

describe.each(PAIR)('the API reference, $name', ({ viewport, colorScheme }) => {
  test('shows each operation and is accessible', async () => {
    const page = await browser.newPage({ viewport, colorScheme, reducedMotion: 'reduce' });
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    await page.goto(`${inject('url')}/docs`);
    expect(await page.locator('#address').textContent()).toBe(inject('url'));
    const { paths } = await (await page.request.get(`${inject('url')}/openapi.json`)).json();
    const shown = await page.locator('.route').allTextContents();
    expect(shown.sort()).toEqual(
      Object.entries(paths)
        .flatMap(([path, methods]) => Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`))
        .sort(),
    );
    const dangling = await page
      .locator('nav a[href^="#"]')
      .evaluateAll((links) =>
        links
          .filter((link) => !document.querySelector(link.getAttribute('href') ?? ''))
          .map((link) => link.textContent),
      );
    expect(dangling).toEqual([]);
    expect(await accessibilityFindings(page)).toEqual([]);
    expect(await overflows(page)).toBe(false);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
