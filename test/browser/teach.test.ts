import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { drawNewKind } from '../support/new-kinds.ts';
import { randomFrom } from '../support/random.ts';
import { sharedBrowser } from './chromium.ts';
import { accessibilityFindings, open, overflows, PAIR, VIEWS } from './page.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await sharedBrowser(inject('browser'));
});
afterAll(() => browser.close());

const filesOf = async (kind: string, count: number, seed: number) => {
  const random = randomFrom(seed);
  const files = [];
  for (let i = 0; i < count; i++) {
    files.push({ name: `${kind}-${i}.png`, mimeType: 'image/png', buffer: await drawNewKind(kind, random) });
  }
  return files;
};
/** Drawing, embedding and training take a while on a busy machine. */
const poll = <T>(value: () => T | Promise<T>) => expect.poll(value, { timeout: 10_000 });
const best = (page: Page) => page.locator('#teach-scores li').first().textContent();
/** The classifiers are listed. */
const isReady = async (page: Page) => {
  await page.locator('#teach-boxes > li').first().waitFor();
  await page.locator('#teach:not([aria-busy])').waitFor();
};
const rows = (page: Page) => page.locator('#teach-list tbody tr').count();

/** How many new drawings of a kind are recognized. */
async function countRight(page: Page, kind: string, count: number): Promise<number> {
  let right = 0;
  for (const file of await filesOf(kind, count, 50)) {
    await page.locator('#teach-file').setInputFiles(file);
    await page.locator(`#teach-picture img[alt="${file.name}"]`).waitFor();
    await page.locator('#teach:not([aria-busy])').waitFor();
    if ((await best(page))?.startsWith(kind)) right++;
  }
  return right;
}

describe.each(PAIR)('the Teach page, $name', (view) => {
  test('teaches drawings, recognizes a new one, learns more, and deletes the classifier', async () => {
    const { page, complaints } = await open(browser, inject('url'), view, '#teach');
    await isReady(page);
    const before = await rows(page);
    await page.getByRole('button', { name: 'Drawings the tiny model does not know' }).click();
    await poll(() => page.locator('#teach-boxes img').count()).toBe(36);
    await page.getByRole('button', { name: 'Teach', exact: true }).click();
    await page.locator('#teach-try').waitFor();
    expect(await page.locator('#teach-classifier').textContent()).toMatch(/3 labels 36 examples/);
    expect(await page.locator('.confusion tbody tr').count()).toBe(3);
    await poll(() => rows(page)).toBe(before + 1);

    let right = 0;
    for (const kind of ['spiral', 'zigzag', 'ladder']) right += await countRight(page, kind, 2);
    expect(right).toBeGreaterThanOrEqual(5);
    expect(await accessibilityFindings(page)).toEqual([]);
    expect(await overflows(page)).toBe(false);

    // More examples go to the same classifier, also of a new label.
    await page.getByRole('button', { name: 'Add label' }).click();
    const box = page.locator('#teach-boxes > li').last();
    await box.getByLabel('Label', { exact: true }).fill('glasses');
    await box.locator('input[type=file]').setInputFiles(await filesOf('glasses', 8, 60));
    await poll(() => box.locator('img').count()).toBe(8);
    await page.getByRole('button', { name: 'Teach', exact: true }).click();
    await poll(() => page.locator('#teach-classifier').textContent()).toMatch(/4 labels 44 examples/);
    expect(await countRight(page, 'glasses', 4)).toBeGreaterThanOrEqual(3);

    await page.locator('#teach-delete').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Yes' }).click();
    await poll(() => rows(page)).toBe(before);
    expect(await page.locator('#teach-try').isVisible()).toBe(false);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

const [light] = VIEWS;

test('texts are taught by keyboard alone, and a classifier can be used again after a reload', async () => {
  const { page, complaints } = await open(browser, inject('url'), light, '#teach');
  await isReady(page);
  const names = page.locator('#teach-boxes input[type=text]');
  await names.first().focus();
  for (const [label, texts] of [
    ['animal', 'a photo of a cat\na photo of a dog'],
    ['building', 'a photo of a house\na red house'],
  ] as const) {
    await page.keyboard.type(label);
    for (let i = 0; i < 3; i++) await page.keyboard.press('Tab');
    await page.keyboard.insertText(texts);
    await page.keyboard.press('Tab');
  }
  await page.getByRole('button', { name: 'Teach', exact: true }).press('Enter');
  await page.locator('#teach-try').waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Use: animal, building' }).press('Enter');
  // Its examples must not be sent again: they would count twice.
  const code = page.locator('#teach-snippets code');
  await poll(() => code.textContent()).toMatch(/^curl "[^"]+\/classify\?classifier_id=cls_/);
  await page.locator('#teach-text').fill('a photo of a dog');
  await page.keyboard.press('Enter');
  await poll(() => best(page)).toMatch(/^animal/);
  await page.getByRole('button', { name: 'Delete: animal, building' }).press('Enter');
  // The second Enter is on No.
  await page.keyboard.press('Enter');
  expect(await page.locator('#teach-try').isVisible()).toBe(true);
  await page.getByRole('button', { name: 'Delete: animal, building' }).press('Enter');
  await page.getByRole('button', { name: 'Yes' }).press('Enter');
  await page.locator('#teach-try').waitFor({ state: 'hidden' });
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('pictures can be dropped into boxes, and large ones are sent smaller', async () => {
  const { page, complaints } = await open(browser, inject('url'), light, '#teach');
  await isReady(page);
  await page.evaluate(() => {
    const { fetch } = window;
    window.fetch = (input, init) => {
      if (init?.body instanceof FormData) {
        const parts = [...init.body.values()].map((part) => (typeof part === 'string' ? 0 : part.size));
        Object.assign(window, { sent: Math.max(...parts) });
      }
      return fetch(input, init);
    };
  });
  for (const [index, label] of ['noise', 'fish'].entries()) {
    await page.locator('#teach-boxes > li').nth(index).getByLabel('Label', { exact: true }).fill(label);
    await page.evaluate(
      async ([index, label]) => {
        const canvas = new OffscreenCanvas(1400, 1000);
        const context = canvas.getContext('2d');
        const pixels = context?.createImageData(1400, 1000);
        pixels?.data.forEach((_, i, data) => {
          data[i] = i % 4 === 3 ? 255 : Math.random() * 255;
        });
        if (pixels) context?.putImageData(pixels, 0, 0);
        const blob =
          label === 'noise' ? await canvas.convertToBlob() : await (await fetch('/pictures/fish.png')).blob();
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([blob], `${label}.png`, { type: 'image/png' }));
        const event = new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer });
        document.querySelectorAll('#teach-boxes > li')[index as number]?.dispatchEvent(event);
      },
      [index, label] as const,
    );
  }
  await poll(() => page.locator('#teach-boxes img').count()).toBe(2);
  await page.getByRole('button', { name: 'Teach', exact: true }).click();
  await page.locator('#teach-try').waitFor();
  expect(await page.locator('#teach-classifier').textContent()).toContain('no estimate yet');
  // The noise has 4 MB as a PNG.
  const sent = await page.evaluate(() => (window as typeof window & { sent: number }).sent);
  expect(sent).toBeGreaterThan(50_000);
  expect(sent).toBeLessThan(400_000);
  await page.locator('#teach-delete').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Yes' }).click();
  await page.locator('#teach-try').waitFor({ state: 'hidden' });
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('what is missing is said before anything is sent', async () => {
  const { page, complaints } = await open(browser, inject('url'), light, '#teach');
  await isReady(page);
  for (const index of [0, 1]) {
    await page.locator('#teach-boxes > li').nth(index).getByLabel('Label', { exact: true }).fill(`label ${index}`);
  }
  await page.getByRole('button', { name: 'Teach', exact: true }).click();
  expect(await page.locator('#teach-notice').textContent()).toBe('Add at least one new example.');
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('a file that is not a picture is named, and the page goes on', async () => {
  const { page, complaints } = await open(browser, inject('url'), VIEWS[0], '#teach');
  await isReady(page);
  const notes = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') };
  const failure = page.locator('#teach-failure');
  await page.locator('#teach-boxes input[type=file]').first().setInputFiles(notes);
  await page.locator('#teach-boxes .notice').first().getByText('Not readable as images: notes.txt.').waitFor();
  await page.getByRole('button', { name: 'Sentences' }).click();
  await page.getByRole('button', { name: 'Teach', exact: true }).click();
  await page.locator('#teach-try').waitFor();
  expect(await failure.isVisible()).toBe(false);
  await page.locator('#teach-file').setInputFiles(notes);
  await failure.getByText('notes.txt cannot be read as an image.').waitFor();
  await page.locator('#teach-text').fill('it stopped after a day');
  await page.getByRole('button', { name: 'Classify' }).click();
  await poll(() => best(page)).toContain('complaint');
  expect(complaints).toEqual([]);
  await page.context().close();
});
