import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { sharedBrowser } from './chromium.ts';
import { accessibilityFindings, open, overflows, PAIR, VIEWS } from './page.ts';

/** The Prompts page. */

let browser: Browser;
beforeAll(async () => {
  browser = await sharedBrowser(inject('browser'));
});
afterAll(() => browser.close());

for (const view of PAIR) {
  test(`a prompt is a form, and its messages and answer are shown (${view.name})`, async () => {
    const { page, complaints } = await open(browser, inject('url'), view, '#prompts');
    const section = page.locator('#prompts');
    await section.locator('#prompts-name').selectOption('translate');
    await section.getByLabel(/^text/).fill('the red house');
    await section.getByRole('button', { name: 'Run' }).click();
    await expect.poll(() => section.locator('.assistant .answer').textContent()).toBe('la maison rouge');
    expect(await section.locator('.talk .user').allTextContents()).toEqual([
      'systemAnswer with the translation only.',
      'userTranslate to French: the red house',
    ]);
    await expect.poll(() => section.locator('#prompts-readings').textContent()).toContain('origin/tiny-text');
    expect(await section.locator('#prompts-snippets code').textContent()).toContain('/v1/prompts/translate');
    expect(await overflows(page)).toBe(false);
    expect(await accessibilityFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
}

test('an output that is checked is shown, and one that does not fit is an error', async () => {
  const { page } = await open(browser, inject('url'), VIEWS[0], '#prompts');
  const section = page.locator('#prompts');
  const choose = (name: string) => section.locator('#prompts-name').selectOption(name);
  await choose('sentiment');
  expect(await section.getByLabel('Stream').isChecked()).toBe(false);
  await section.getByRole('button', { name: 'Run' }).click();
  await expect.poll(() => section.locator('.assistant .answer').textContent()).toBe('positive');
  // The tiny model cannot moderate. The text itself is in the stream.
  await choose('moderate');
  await section.getByRole('button', { name: 'Run' }).click();
  await expect.poll(() => section.getByRole('alert').textContent()).toContain('output_invalid');
  await section.getByLabel('Stream').check();
  await section.getByRole('button', { name: 'Run' }).click();
  await expect.poll(() => section.locator('.assistant .answer').textContent()).toContain('I am a tiny model');
  await page.context().close();
});

test('lists, defaults and variables that the API rejects', async () => {
  const { page } = await open(browser, inject('url'), VIEWS[0]);
  await page.getByRole('link', { name: 'Prompts' }).click();
  const section = page.locator('#prompts');
  await section.locator('#prompts-name').selectOption('product-description');
  const features = section.getByLabel(/^features/);
  await features.fill('easy to clean\n\nlow price');
  await features.press('Control+Enter');
  await expect.poll(() => section.locator('.talk .user').textContent()).toContain('Features: easy to clean, low price');
  await features.fill(Array(21).fill('x').join('\n'));
  await section.getByRole('button', { name: 'Run' }).click();
  await expect.poll(() => section.getByRole('alert').textContent()).toContain('`variables.features`');
  expect(await features.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.context().close();
});

test('a file with a mistake is named with its line, until it is fixed', async () => {
  const { page } = await open(browser, inject('url'), VIEWS[0], '#text');
  const mistakes = [{ file: 'prompts/hello.md', line: 4, message: 'input.a.type: must be string or number' }];
  await page.route('**/v1/prompts', async (route) => {
    const list = await (await route.fetch()).json();
    await route.fulfill({ json: { ...list, mistakes: mistakes.splice(0) } });
  });
  await page.goto(`${inject('url')}#prompts`);
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  const shown = page.locator('#prompts-mistakes');
  await expect.poll(() => shown.textContent()).toContain('prompts/hello.md:4 input.a.type: must be string or number');
  expect(await accessibilityFindings(page)).toEqual([]);
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await expect.poll(() => shown.isVisible()).toBe(false);
  await page.context().close();
});
