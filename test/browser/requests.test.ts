import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { sharedBrowser } from './chromium.ts';
import { open, VIEWS } from './page.ts';

/** What was typed: over a reload, in the history, in a link. */

const [light] = VIEWS;

let browser: Browser;
beforeAll(async () => {
  browser = await sharedBrowser(inject('browser'));
});
afterAll(() => browser.close());

test('what was typed survives a reload, on pages that are loaded later, too', async () => {
  const { page } = await open(browser, inject('url'), light);
  await page.locator('#text-prompt').fill('Half a thought');
  await page.locator('.more summary').click();
  await page.getByLabel('Temperature').fill('0.7');
  for (const [link, field, text] of [
    ['Images', '#images-prompt', 'a green hat'],
    ['Similarity', '#captions', 'one\ntwo'],
    ['Audio', '#audio-language', 'fr'],
    ['Tokens', '#tokens-subject', 'user-77'],
    ['Webhooks', '#webhooks-url', 'https://a.example.com/x'],
  ] as const) {
    await page.getByRole('link', { name: link, exact: true }).click();
    await expect.poll(() => page.locator('main > section > [inert]').count()).toBe(0);
    await page.locator(field).fill(text);
    await page.reload();
    await expect.poll(() => page.locator(field).inputValue()).toBe(text);
  }
  await page.getByRole('link', { name: 'Prompts' }).click();
  await page.locator('#prompts-name').selectOption('sentiment');
  await page.locator('#prompts-fields textarea').first().fill('It rained.');
  await page.reload();
  await expect.poll(() => page.locator('#prompts-fields textarea').first().inputValue()).toBe('It rained.');
  expect(await page.locator('#text-prompt').inputValue()).toBe('Half a thought');
  expect(await page.locator('#text-temperature').inputValue()).toBe('0.7');
  await page.context().close();
});

test('a request of the history opens again, and a link opens one elsewhere without sending it', async () => {
  const { page } = await open(browser, inject('url'), light);
  await page.locator('#text-prompt').fill('Translate to French: house');
  await page.locator('#text-send').click();
  await expect.poll(() => page.locator('#text-prompt').inputValue()).toBe('');
  await page.reload();
  await page.locator('#text .history summary').click();
  await page.locator('.history-list button', { hasText: 'Translate to French: house' }).click();
  expect(await page.locator('#text-prompt').inputValue()).toBe('Translate to French: house');

  await page.locator('.more summary').click();
  await page.getByLabel('System prompt').fill('Être bref – שלום');
  await page.locator('#text').getByRole('button', { name: 'Copy link' }).click();
  const address = await page.evaluate(() => navigator.clipboard.readText());
  expect(address).not.toContain('sk-local');
  const other = await open(browser, inject('url'), light);
  const posts: string[] = [];
  other.page.on('request', (request) => {
    if (request.method() === 'POST') posts.push(request.url());
  });
  await other.page.goto(address);
  await expect.poll(() => other.page.locator('#text-system').inputValue()).toBe('Être bref – שלום');
  expect(await other.page.locator('#text-prompt').inputValue()).toBe('Translate to French: house');
  expect(new URL(other.page.url()).hash).toBe('#text');
  expect(await other.page.locator('#text-snippets code').textContent()).toContain('Être bref');
  expect(posts).toEqual([]);
  // A page whose code is loaded by the link itself.
  const state = Buffer.from(JSON.stringify({ 'images-prompt': 'a blue cup', 'images-size': '128x128' })).toString(
    'base64url',
  );
  await other.page.goto(`${inject('url')}/#images?r=${state}`);
  await expect.poll(() => other.page.locator('#images-prompt').inputValue()).toBe('a blue cup');
  expect(await other.page.locator('#images-size').inputValue()).toBe('128x128');
  await other.page.goto(`${inject('url')}/#images?r=damaged`);
  await expect.poll(() => other.page.locator('#announcer').textContent()).toContain('damaged');
  await other.page.context().close();
  await page.locator('#text .history summary').click();
  await page.getByRole('button', { name: 'Clear history' }).click();
  expect(await page.evaluate(() => localStorage.getItem('history'))).toBe('[]');
  await page.context().close();
});
