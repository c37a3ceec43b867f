/**
 * Takes the pictures of the README from the running program.
 *
 *   npm run screenshots
 */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { startStack } from '../support/stack.ts';
import { launch } from './chromium.ts';
import { open, VIEWS } from './page.ts';

const DOCS = join(import.meta.dirname, '../../docs');

const stack = await startStack();
const browser = await launch();
try {
  const [light, dark, , phone] = VIEWS;
  await take('playground.png', { ...dark, viewport: { width: 1280, height: 1080 } }, compare);
  await take('playground-text.png', { ...light, viewport: { width: 1280, height: 1040 } }, ask);
  await take('playground-phone.png', { ...phone, viewport: { width: 390, height: 844 } }, draw);
} finally {
  await browser.close();
  await stack.stop();
}

async function take(
  file: string,
  view: Parameters<typeof open>[2],
  prepare: (page: Page) => Promise<void>,
): Promise<void> {
  const { page } = await open(browser, stack.url, view);
  await prepare(page);
  await page.screenshot({ path: join(DOCS, file) });
  await page.context().close();
}

/** Four samples and captions; a cold call and a warm one. */
async function compare(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Similarity' }).click();
  await page.locator('#pictures li').nth(1).waitFor();
  for (const name of ['red circle', 'house']) await page.getByRole('button', { name: `Sample: ${name}` }).click();
  await page.locator('#pictures li').nth(3).waitFor();
  for (const call of [0, 1]) {
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.locator('#calls li').nth(call).waitFor();
  }
  await page.evaluate(() => window.scrollTo(0, 0));
}

/** One answer with its figures. */
async function ask(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Step by step' }).click();
  await page.getByRole('button', { name: /^Send/ }).click();
  await page.locator('#text-readings dt', { hasText: 'Ended by' }).waitFor();
  await page.evaluate(() => window.scrollTo(0, 0));
}

/** One picture. */
async function draw(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Images' }).click();
  await page.getByRole('button', { name: 'a purple rocket' }).click();
  await page.getByRole('button', { name: 'Draw' }).click();
  await page.locator('#gallery figure').waitFor();
  await page.locator('#images .output').evaluate((card) => card.scrollIntoView());
}
