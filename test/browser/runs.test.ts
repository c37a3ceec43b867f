import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { sharedBrowser } from './chromium.ts';
import { accessibilityFindings, open, overflows, PAIR, VIEWS } from './page.ts';

/** The Runs page, and streams of the Text page that survive a reload. */

let browser: Browser;
beforeAll(async () => {
  browser = await sharedBrowser(inject('browser'));
});
afterAll(() => browser.close());

const rowOf = (page: Page, id = '') => page.locator('#runs-table tbody tr', { hasText: id });

for (const view of PAIR) {
  test(`a run in the background completes, and its answer is shown (${view.name})`, async () => {
    const { page, complaints } = await open(browser, inject('url'), view, '#runs');
    await page.getByLabel('Prompt').last().fill('Translate to French: house');
    const answered = page.waitForResponse((response) => response.status() === 202);
    await page.getByRole('button', { name: 'Run in the background' }).click();
    // Others can have run something meanwhile.
    const row = rowOf(page, (await answered).headers()['x-run-id']);
    // The list is refreshed each second.
    await expect.poll(() => row.textContent(), { timeout: 8_000 }).toContain('completed');
    await row.getByRole('button', { name: /^Show answer/ }).click();
    await expect.poll(() => page.locator('#runs-answer-text').textContent()).toContain('maison');
    expect(await overflows(page)).toBe(false);
    expect(await accessibilityFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
}

/** Starts a stream of about 40 events, 25 ms apart. @returns the id of its run, if it is recorded */
async function startStream(page: Page): Promise<string | undefined> {
  const answered = page.waitForResponse((response) => response.url().endsWith('/v1/chat/completions'));
  await page.getByRole('button', { name: 'Describe a product' }).click();
  await page.getByRole('button', { name: /^Send/ }).click();
  await expect.poll(() => page.locator('#text-talk .answer').textContent()).toMatch(/\w+ \w+/);
  return (await answered).headers()['x-run-id'];
}

test('a resumable stream survives a reload of the page', async () => {
  const { page, complaints } = await open(browser, inject('url'), VIEWS[0]);
  const answer = page.locator('#text-talk .answer');
  const whenComplete = async () => {
    await expect.poll(() => page.locator('#text-talk[aria-busy]').count(), { timeout: 8_000 }).toBe(0);
    return answer.textContent();
  };
  await startStream(page);
  const whole = await whenComplete();
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.locator('.more summary').click();
  await page.getByLabel('Resumable').check();
  await startStream(page);
  const stored = await page.evaluate(() => JSON.stringify({ ...sessionStorage }));
  expect(stored).toContain('run_');
  expect(stored).not.toContain('sk-local');
  await page.reload();
  await page.locator('#text-talk', { hasText: 'Continued after reload' }).waitFor();
  expect(await whenComplete()).toBe(whole);
  expect(await page.evaluate(() => sessionStorage.getItem('cedalion-run'))).toBeNull();
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('a run in progress is cancelled from the list', async () => {
  const { page } = await open(browser, inject('url'), VIEWS[0]);
  await page.locator('.more summary').click();
  await page.getByLabel('Resumable').check();
  const id = await startStream(page);
  await page.getByRole('link', { name: 'Runs' }).click();
  const row = rowOf(page, id);
  await row.getByRole('button', { name: /^Cancel/ }).click();
  await expect.poll(() => row.textContent(), { timeout: 8_000 }).toContain('cancelled');
  await page.context().close();
});
