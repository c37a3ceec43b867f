import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Receiver, startReceiver } from '../runs/receiver.ts';
import { sharedBrowser } from './chromium.ts';
import { accessibilityFindings, open, overflows, PAIR, VIEWS } from './page.ts';

/** The Webhooks page, with a receiver on this machine. */

let browser: Browser;
let receiver: Receiver;
beforeAll(async () => {
  browser = await sharedBrowser(inject('browser'));
  receiver = await startReceiver();
});
afterAll(async () => {
  await browser.close();
  await receiver.stop();
});

test('the keyboard stays where it is: at a button that is still there, or at the list that has lost it', async () => {
  const { page } = await open(browser, inject('url'), VIEWS[0], '#webhooks');
  const url = `${receiver.url}/keyboard`;
  await page.getByLabel('Endpoint URL').fill(url);
  await page.keyboard.press('Enter');
  const focused = () => page.evaluate(() => document.activeElement?.ariaLabel);
  await page.getByRole('button', { name: `Send a test: ${url}` }).focus();
  await page.keyboard.press('Enter');
  await page.locator('#webhooks-deliveries tbody tr', { hasText: url }).waitFor();
  expect(await focused()).toBe(`Send a test: ${url}`);
  await page.getByRole('button', { name: `Delete: ${url}` }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  expect(await focused()).toBe(`Delete: ${url}`);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Yes' }).press('Enter');
  await page.locator('#webhooks-endpoints tbody tr', { hasText: url }).waitFor({ state: 'detached' });
  expect(await focused()).toBe('Endpoints');
  await page.context().close();
});

for (const view of PAIR) {
  test(`an endpoint is created, tested and deleted, and its deliveries are listed (${view.name})`, async () => {
    const { page, complaints } = await open(browser, inject('url'), view, '#webhooks');
    const url = `${receiver.url}/${encodeURIComponent(view.name)}`;
    await page.getByLabel('Endpoint URL').fill(url);
    await page.getByRole('button', { name: 'Create endpoint' }).click();
    await page.locator('#webhooks-secret dd').waitFor();
    expect(await page.locator('#webhooks-secret').textContent()).toMatch(/whsec_/);
    receiver.replies = [{ status: 500 }];
    await page.getByRole('button', { name: `Send a test: ${url}` }).click();
    const row = page.locator('#webhooks-deliveries tbody tr', { hasText: url });
    await row.waitFor();
    expect(await row.textContent()).toMatch(/failed.*webhook.test.*500/);
    await row.getByRole('button', { name: 'Send again' }).click();
    await expect
      .poll(async () => {
        await page.locator('#webhooks-reload').click();
        return row.textContent();
      })
      .toMatch(/delivered.*500, 204/);
    expect(receiver.received.at(-1)?.headers['webhook-id']).toBe(receiver.received.at(-2)?.headers['webhook-id']);
    expect(await accessibilityFindings(page)).toEqual([]);
    expect(await overflows(page)).toBe(false);
    await page.getByRole('button', { name: `Delete: ${url}` }).click();
    await page.getByRole('button', { name: 'Yes' }).click();
    await page.locator('#webhooks-endpoints tbody tr', { hasText: url }).waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    await page.context().close();
  });
}
