import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { freePorts } from '../support/ports.ts';
import { launch } from './chromium.ts';
import { accessibilityFindings, open, VIEWS } from './page.ts';

const [light, , , phone] = VIEWS;

let browser: Browser;
/** A Worker as someone deployed it: with a key of its own, and a host that is down. */
let deployed: Gateway;
beforeAll(async () => {
  const [closed] = await freePorts(1);
  deployed = await startGateway({ API_KEYS: 'sk-of-their-own', INFERENCE_URL: `http://127.0.0.1:${closed}` });
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
  await deployed.stop();
});

test('asks for the key where the local one is not it, keeps it in memory, and says so when it is wrong', async () => {
  const page = await browser.newPage({ viewport: phone.viewport, colorScheme: phone.colorScheme });
  await page.goto(deployed.url);
  const dialog = page.getByRole('dialog', { name: 'This Worker asks for a key' });
  await dialog.waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
  await page.keyboard.type('sk-wrong');
  await page.keyboard.press('Enter');
  await expect.poll(() => dialog.textContent()).toContain('This key is not one of those configured.');
  await page.getByLabel('Key', { exact: true }).fill('sk-of-their-own');
  await page.getByRole('button', { name: 'Use it' }).click();
  await page.waitForSelector('#text-model option', { state: 'attached' });
  expect(await dialog.isVisible()).toBe(false);
  expect(await page.locator('#text-snippets code').textContent()).toContain('Bearer $CEDALION_API_KEY');

  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  expect(kept + (await page.content()) + page.url()).not.toContain('sk-of-their-own');
  await page.close();
});

test('a host that is down is told in the words of the API, with what to do', async () => {
  const page = await browser.newPage(light);
  await page.goto(deployed.url);
  await page.getByLabel('Key', { exact: true }).fill('sk-of-their-own');
  await page.getByRole('button', { name: 'Use it' }).click();
  await page.waitForSelector('#text-model option', { state: 'attached' });
  await page.getByRole('button', { name: /^Send/ }).click();
  const failure = page.locator('#text-failure');
  await failure.waitFor();
  const text = (await failure.textContent()) ?? '';
  expect(text).toContain('upstream_unreachable');
  expect(text).toContain('is the inference server running?');
  expect(text).toMatch(/req_[0-9a-f-]{36}/);
  expect(await accessibilityFindings(page)).toEqual([]);
  await page.close();
});

test('what the API refuses is told where it was asked', async () => {
  const { page } = await open(browser, inject('url'), light, '#similarity');
  await page.locator('#picture-files').setInputFiles({
    name: 'broken.png',
    mimeType: 'image/png',
    buffer: Buffer.from('this is no picture'),
  });
  await page.getByRole('button', { name: 'Compare' }).click();
  const failure = page.locator('#similarity-failure');
  await failure.waitFor();
  expect(await failure.textContent()).toContain('invalid_picture');
  expect(await failure.textContent()).toContain('PNG, JPEG, WebP or GIF');
  await page.context().close();
});

test('a Worker that is gone is told, too', async () => {
  const { page } = await open(browser, inject('url'), light);
  await page.context().setOffline(true);
  await page.getByRole('button', { name: /^Send/ }).click();
  await expect.poll(() => page.locator('#text-failure').textContent()).toContain('The Worker did not answer.');
  await page.context().close();
});
