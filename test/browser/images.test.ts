import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { sharedBrowser } from './chromium.ts';
import { accessibilityFindings, open, overflows, PAIR, VIEWS } from './page.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await sharedBrowser(inject('browser'));
});
afterAll(() => browser.close());

describe.each(PAIR)('the Images page, $name', (view) => {
  test('generates an image of the requested size, for download and comparison', async () => {
    const { page, complaints } = await open(browser, inject('url'), view, '#images');
    await page.locator('#images-prompt').fill('a yellow sun');
    await page.locator('#images-size').selectOption('128x128');
    await page.locator('#images-seed').fill('11');
    await page.locator('#images-form .main').click();
    const picture = page.getByRole('img', { name: 'Generated: a yellow sun' });
    await picture.waitFor();
    expect(await picture.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight])).toEqual([
      128, 128,
    ]);
    const readings = (await page.locator('#images-readings').textContent()) ?? '';
    expect(readings).toContain('Image size128 × 128');
    expect(readings).toContain('Seed11');
    expect(await accessibilityFindings(page)).toEqual([]);
    expect(await overflows(page)).toBe(false);

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('a-yellow-sun-11.png');

    await page.getByRole('button', { name: 'Compare with prompt' }).click();
    await page.locator('.heat').waitFor();
    const row = page.locator('.heat tbody tr').first();
    expect(await row.locator('th').textContent()).toBe('a yellow sun');
    expect(await row.locator('td.wins').count()).toBe(1);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

test('the same seed gives the same image, another seed a different image', async () => {
  const { page } = await open(browser, inject('url'), VIEWS[0], '#images');
  await page.locator('#images-prompt').fill('a blue fish');
  await page.locator('#images-size').selectOption('64x64');
  const draw = async (seed: string, count: number) => {
    await page.locator('#images-seed').fill(seed);
    await page.locator('#images-form .main').click();
    await expect.poll(() => page.locator('#gallery figure').count()).toBe(count);
    return page
      .locator('#gallery img')
      .first()
      .evaluate((image: HTMLImageElement) => {
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
        canvas.getContext('2d')?.drawImage(image, 0, 0);
        return canvas.toDataURL();
      });
  };
  const first = await draw('1', 1);
  expect(await draw('1', 2)).toBe(first);
  expect(await draw('2', 3)).not.toBe(first);
  await page.context().close();
});
