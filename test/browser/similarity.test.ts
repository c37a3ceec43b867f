import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { sharedBrowser } from './chromium.ts';
import { accessibilityFindings, open, overflows, PAIR, VIEWS } from './page.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await sharedBrowser(inject('browser'));
});
afterAll(() => browser.close());

describe.each(PAIR)('the Similarity page, $name', (view) => {
  test('compares two images with four captions: correct best captions, then cache hits', async () => {
    const { page, complaints } = await open(browser, inject('url'), view, '#similarity');
    await expect.poll(() => page.locator('#pictures li').count()).toBe(2);
    // Different captions in each view, so the first request is not cached.
    const captions = ['a photo of a cat', 'a photo of a dog', 'a red circle', `a green tree, ${view.name}`];
    await page.locator('#captions').fill(captions.join('\n'));
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.locator('.heat').waitFor();

    const winners = await page
      .locator('.heat tbody tr')
      .evaluateAll((rows) =>
        rows.flatMap((row) =>
          [...row.querySelectorAll('td')].flatMap((cell, column) =>
            cell.classList.contains('wins') ? [`${column}: ${row.querySelector('th')?.textContent}`] : [],
          ),
        ),
      );
    expect(winners.sort()).toEqual(['0: a photo of a cat', '1: a photo of a dog']);
    const shares = await page.locator('.heat .wins .share').allTextContents();
    for (const share of shares) expect(Number.parseFloat(share.replace(/[<>]/, ''))).toBeGreaterThan(50);
    expect(await page.locator('.heat .cosine').allTextContents()).toHaveLength(8);
    for (const value of await page.locator('.heat .cosine').allTextContents()) expect(value).toMatch(/^-?\d\.\d{4}$/);
    expect(await page.locator('#calls li').first().textContent()).toMatch(/\d miss.*total [\d.]+ m?s/);

    await page.getByRole('button', { name: 'Compare' }).click();
    await expect.poll(() => page.locator('#calls li').count()).toBe(2);
    expect(await page.locator('#calls li').first().textContent()).toMatch(/^6 hit/);

    expect(await accessibilityFindings(page)).toEqual([]);
    expect(await overflows(page)).toBe(false);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

const [light] = VIEWS;

test('images can be added by file, paste, drop and camera, and removed', async () => {
  const { page, complaints } = await open(browser, inject('url'), light, '#similarity');
  const count = () => page.locator('#pictures li').count();
  await expect.poll(count).toBe(2);
  const picture = {
    name: 'my cat.png',
    mimeType: 'image/png',
    buffer: await (await page.request.get(`${inject('url')}/pictures/tree.png`)).body(),
  };
  await page.locator('#picture-files').setInputFiles(picture);
  await expect.poll(count).toBe(3);
  expect(await page.locator('#pictures img').last().getAttribute('alt')).toBe('my-cat.png');

  for (const kind of ['paste', 'drop']) {
    await page.evaluate(async (type) => {
      const blob = await (await fetch('/pictures/fish.png')).blob();
      const files = new DataTransfer();
      files.items.add(new File([blob], 'image.png', { type: 'image/png' }));
      const init = { bubbles: true, cancelable: true };
      const event =
        type === 'paste'
          ? new ClipboardEvent(type, { ...init, clipboardData: files })
          : new DragEvent(type, { ...init, dataTransfer: files });
      document.querySelector('#drop')?.dispatchEvent(event);
    }, kind);
  }
  await expect.poll(count).toBe(5);

  await page.getByRole('button', { name: 'use camera' }).click();
  await page.getByRole('button', { name: 'Capture' }).click();
  await expect.poll(count).toBe(6);

  await page
    .locator('#picture-files')
    .setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no') });
  await page
    .locator('#pictures-notice', { hasText: 'Not readable as images: notes.txt. Use PNG, JPEG, WebP or GIF files.' })
    .waitFor();

  await page.getByRole('button', { name: 'Compare' }).click();
  await page.locator('.heat').waitFor();
  expect(await page.locator('.heat thead img').count()).toBe(6);
  await page.getByRole('button', { name: 'Remove cat.png' }).click();
  await expect.poll(count).toBe(5);
  expect(complaints).toEqual([]);
  await page.context().close();
});
