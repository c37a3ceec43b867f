import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { sharedBrowser } from './chromium.ts';
import { accessibilityFindings, open, overflows, PAIR, VIEWS } from './page.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await sharedBrowser(inject('browser'));
});
afterAll(() => browser.close());

describe.each(PAIR)('the Models page, $name', (view) => {
  test('shows health, aliases and latency', async () => {
    const { page, complaints } = await open(browser, inject('url'), view, '#models');
    await expect.poll(() => page.locator('#readyz').textContent()).toMatch(/^ok [\d.]+ m?s$/);
    const rows = await page
      .locator('#names tbody tr')
      .evaluateAll((all) => all.map((row) => [...row.children].slice(0, 4).map((cell) => cell.textContent)));
    expect(rows).toEqual([
      ['text', 'text-generation', 'tiny-text', 'origin/tiny-text'],
      ['embed', 'embedding', 'tiny-clip', 'origin/tiny-clip'],
      ['clip', 'embedding', 'tiny-clip', 'origin/tiny-clip'],
      ['image', 'text-to-image', 'tiny-image', 'origin/tiny-image'],
      ['whisper', 'automatic-speech-recognition', 'gpt-transcribe', 'openai/gpt-transcribe'],
      ['tts', 'text-to-speech', 'tts-1', 'openai/tts-1'],
      ['moderation', 'moderation', 'omni-moderation-latest', 'openai/omni-moderation-latest'],
    ]);
    for (const name of ['text', 'embed', 'clip', 'image']) {
      await page.getByRole('button', { name: `Measure ${name}` }).click();
    }
    for (const output of await page.locator('#names output').all()) {
      await expect.poll(() => output.textContent()).toMatch(/^[\d.]+ m?s, host [\d.]+ m?s$/);
    }
    const absent = page.locator('#catalogue tr.absent').first();
    expect(await absent.textContent()).toContain('needs HF_TOKEN');
    expect(await accessibilityFindings(page)).toEqual([]);
    expect(await overflows(page)).toBe(false);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

test('all pages are reachable by keyboard, and the URL keeps the page', async () => {
  const { page } = await open(browser, inject('url'), VIEWS[0]);
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content');
  for (let i = 0; i < 20; i++) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate(() => document.activeElement?.textContent)) === 'Images') break;
  }
  await page.keyboard.press('Enter');
  await page.locator('#images').waitFor();
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H2');
  await page.reload();
  await page.locator('#images').waitFor();
  await page.goBack();
  await page.locator('#text').waitFor();
  await page.context().close();
});

test('the selected theme is kept', async () => {
  const { page } = await open(browser, inject('url'), VIEWS[0]);
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.getByRole('button', { name: 'Theme: system' }).click();
  await page.getByRole('button', { name: 'Theme: light' }).click();
  const dark = await background();
  expect(dark).not.toBe(light);
  await page.reload();
  expect(await background()).toBe(dark);
  await page.context().close();
});
