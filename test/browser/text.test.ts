import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { sharedBrowser } from './chromium.ts';
import { accessibilityFindings, open, overflows, PAIR, VIEWS } from './page.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await sharedBrowser(inject('browser'));
});
afterAll(() => browser.close());

describe.each(PAIR)('the Text page, $name', (view) => {
  test('streams a response with measurements and continues the conversation', async () => {
    const { page, complaints } = await open(browser, inject('url'), view);
    await page.getByRole('button', { name: 'Step by step' }).click();
    await page.getByRole('button', { name: /^Send/ }).click();

    const answer = page.locator('#text-talk .answer').last();
    await expect.poll(() => answer.textContent()).toMatch(/^\S/);
    const partial = await answer.textContent();
    await page.locator('#text-talk[aria-busy]').waitFor({ state: 'detached' });
    const whole = await answer.textContent();
    expect(await answer.locator('li, p').count()).toBeGreaterThan(0);
    expect(whole?.length).toBeGreaterThan(partial?.length ?? 0);

    const readings = (await page.locator('#text-readings').textContent()) ?? '';
    expect(readings).toMatch(/Time to first token[\d.]+ m?s/);
    expect(readings).toMatch(/Tokens\d+ prompt, \d+ completion/);
    expect(readings).toContain('Served byorigin/tiny-text');
    expect(await page.locator('#announcer').textContent()).toContain('Response: ');
    expect(await page.locator('#text-note').textContent()).toContain('Tiny, for demonstration');

    await page.locator('#text-prompt').fill('Translate to French: the red house');
    await page.locator('#text-prompt').press('Control+Enter');
    await expect.poll(() => page.locator('#text-talk > li').count()).toBe(4);
    await page.locator('#text-talk[aria-busy]').waitFor({ state: 'detached' });

    expect(await accessibilityFindings(page)).toEqual([]);
    expect(await overflows(page)).toBe(false);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

const [, dark] = VIEWS;

test('an answer is cached if the form says so, and the page shows its age and what it saved', async () => {
  const { page, complaints } = await open(browser, inject('url'), VIEWS[2]);
  await page.locator('#text .more summary').click();
  await page.getByLabel('Cache answers').check();
  const ask = async () => {
    await page.locator('#text-prompt').fill('Translate to French: house');
    await page.getByRole('button', { name: /^Send/ }).click();
    await page.locator('#text-readings dt', { hasText: 'Finish reason' }).waitFor();
    await page.locator('#text-talk[aria-busy]').waitFor({ state: 'detached' });
    return page.locator('#text-readings').textContent();
  };
  expect(await ask()).toContain('Cachenot there yet');
  const first = await page.locator('#text-talk .answer').last().textContent();
  await page.getByRole('button', { name: 'Clear' }).click();
  const readings = await ask();
  expect(readings).toMatch(/Cacheanswered from the cache, \d+ s old/);
  expect(readings).toMatch(/Saved\d+ tokens/);
  expect(readings).toContain('Served bycache');
  expect(await page.locator('#text-talk .answer').last().textContent()).toBe(first);
  expect(await page.locator('#text-snippets code').textContent()).toContain('x-cedalion-cache: 300');
  expect(await overflows(page)).toBe(false);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('Stop ends a stream immediately and keeps the received text', async () => {
  const { page } = await open(browser, inject('url'), dark);
  await page.getByRole('button', { name: 'Describe a product' }).click();
  await page.getByRole('button', { name: /^Send/ }).click();
  const answer = page.locator('#text-talk .answer');
  await expect.poll(() => answer.textContent()).toMatch(/\w+ \w+/);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect.poll(() => page.locator('#text-readings').textContent()).toContain('cancelled');
  const stopped = await answer.textContent();
  await page.waitForTimeout(200);
  expect(await answer.textContent()).toBe(stopped);
  expect(stopped).not.toMatch(/today!$/);
  expect(await page.locator('#text-failure').isVisible()).toBe(false);
  await page.context().close();
});

test('raw text is continued in place', async () => {
  const { page } = await open(browser, inject('url'), dark);
  await page.getByRole('button', { name: 'Continue raw text' }).click();
  await page.getByRole('button', { name: /^Send/ }).click();
  await page.locator('#text-readings dt', { hasText: 'Finish reason' }).waitFor();
  expect(await page.locator('#text-talk .raw').textContent()).toMatch(/^sea => mer\ncheese => fromage\nhouse =>.*\w/s);
  await page.context().close();
});

test('the curl command sends the same request as the page', async () => {
  const { page } = await open(browser, inject('url'), dark);
  await page.locator('#text-prompt').fill(`It's "quoted" and costs $5: translate to French: the red house`);
  await page.locator('#text-snippets').getByRole('button', { name: 'Copy' }).click();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  expect(command).toMatch(/^curl -N /);
  const { stdout } = await promisify(execFile)('bash', ['-c', command]);
  expect(stdout).toMatch(/^data: \{.*data: \[DONE\]\n\n$/s);
  await page.context().close();
});
