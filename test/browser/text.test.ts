import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { launch } from './chromium.ts';
import { accessibilityFindings, open, overflows, VIEWS } from './page.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

describe.each(VIEWS)('the page Text, $name', (view) => {
  test('streams an answer with its figures, and keeps talking', async () => {
    const { page, complaints } = await open(browser, inject('url'), view);
    await page.getByRole('button', { name: 'Step by step' }).click();
    await page.getByRole('button', { name: /^Send/ }).click();

    const answer = page.locator('#text-talk .answer').last();
    await expect.poll(() => answer.textContent()).toMatch(/^\S/);
    const partial = await answer.textContent();
    await page.locator('#text-talk[aria-busy]').waitFor({ state: 'detached' });
    const whole = await answer.textContent();
    expect(whole).toContain('4.');
    expect(whole?.length).toBeGreaterThan(partial?.length ?? 0);

    const readings = (await page.locator('#text-readings').textContent()) ?? '';
    expect(readings).toMatch(/First token[\d.]+ m?s/);
    expect(readings).toMatch(/Tokens\d+ read, \d+ written/);
    expect(readings).toContain('Answered byorigin/tiny-text');
    expect(await page.locator('#announcer').textContent()).toContain('4.');
    expect(await page.locator('#text-note').textContent()).toContain('Tiny, for demonstration');

    await page.locator('#text-prompt').fill('Translate to French: the red house');
    await page.locator('#text-prompt').press('Control+Enter');
    await expect.poll(() => page.locator('#text-talk li').count()).toBe(4);
    await page.locator('#text-talk[aria-busy]').waitFor({ state: 'detached' });

    expect(await accessibilityFindings(page)).toEqual([]);
    expect(await overflows(page)).toBe(false);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

const [, dark] = VIEWS;

test('Stop ends a stream at once and keeps what arrived', async () => {
  const { page } = await open(browser, inject('url'), dark);
  await page.getByRole('button', { name: 'Describe a product' }).click();
  await page.getByRole('button', { name: /^Send/ }).click();
  const answer = page.locator('#text-talk .answer');
  await expect.poll(() => answer.textContent()).toMatch(/\w+ \w+/);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect.poll(() => page.locator('#text-readings').textContent()).toContain('stopped by you');
  const stopped = await answer.textContent();
  await page.waitForTimeout(200);
  expect(await answer.textContent()).toBe(stopped);
  expect(stopped).not.toMatch(/today!$/);
  expect(await page.locator('#text-failure').isVisible()).toBe(false);
  await page.context().close();
});

test('raw text is continued in its own place', async () => {
  const { page } = await open(browser, inject('url'), dark);
  await page.getByRole('button', { name: 'Continue raw text' }).click();
  await page.getByRole('button', { name: /^Send/ }).click();
  await page.locator('#text-readings dt', { hasText: 'Ended by' }).waitFor();
  expect(await page.locator('#text-talk .raw').textContent()).toMatch(/^sea => mer\ncheese => fromage\nhouse =>.*\w/s);
  await page.context().close();
});

test('the curl command that is shown does what the page does', async () => {
  const { page } = await open(browser, inject('url'), dark);
  await page.locator('#text-prompt').fill(`It's "quoted" and costs $5: translate to French: the red house`);
  await page.locator('#text-snippets').getByRole('button', { name: 'Copy' }).click();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  expect(command).toMatch(/^curl -N /);
  const { stdout } = await promisify(execFile)('bash', ['-c', command]);
  expect(stdout).toMatch(/^data: \{.*data: \[DONE\]\n\n$/s);
  await page.context().close();
});
