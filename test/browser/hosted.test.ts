import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { sharedBrowser } from './chromium.ts';
import { accessibilityFindings, open, overflows, VIEWS } from './page.ts';

/** Audio, image edits, text with text, reranking, and what was taken of many files. */

const [light, , , phone] = VIEWS;
const CAT = join(import.meta.dirname, '../../playground/pictures/cat.png');

let browser: Browser;
beforeAll(async () => {
  browser = await sharedBrowser(inject('browser'));
});
afterAll(() => browser.close());

test('a file and a recording are transcribed, and a text is spoken', async () => {
  const { page, complaints } = await open(browser, inject('url'), phone, '#audio');
  await page.context().grantPermissions(['microphone']);
  await page.locator('#audio-send').click();
  await page.locator('#audio-notice', { hasText: 'Choose a file' }).waitFor();
  await page
    .locator('#audio-file')
    .setInputFiles({ name: 'a b.mp3', mimeType: 'audio/mpeg', buffer: Buffer.from('x') });
  expect(await page.locator('#audio-snippets code').textContent()).toContain("-F 'file=@a-b.mp3'");
  await page.locator('#audio-send').click();
  await page.locator('.transcript', { hasText: 'The museum opens at nine.' }).waitFor();
  await page.getByRole('button', { name: 'record', exact: true }).click();
  await page.getByRole('button', { name: 'stop recording' }).click();
  await page.locator('#audio-file-name', { hasText: 'recording.' }).waitFor();
  await page.getByLabel('Translate into English').check();
  await page.locator('#audio-send').click();
  await page.locator('.transcript', { hasText: 'at ten' }).waitFor();

  await page.locator('#audio label', { hasText: 'Text to speech' }).click();
  await page.locator('#audio-send').click();
  const sound = page.locator('#audio-result audio');
  await sound.waitFor();
  await expect.poll(() => sound.evaluate((audio: HTMLAudioElement) => audio.duration)).toBe(1);
  expect(await overflows(page)).toBe(false);
  expect(await accessibilityFindings(page)).toEqual([]);
  // A sound of one byte cannot be played.
  expect(complaints.filter((text) => !/media|audio|ERR_/i.test(text))).toEqual([]);
  await page.context().close();
});

test('an image is changed by a prompt', async () => {
  const { page, complaints } = await open(browser, inject('url'), light, '#images');
  await page.locator('#images label', { hasText: 'Edit' }).click();
  await page.locator('#images-form .main').click();
  await page.locator('#images-notice', { hasText: 'Add at least one image' }).waitFor();
  await page.locator('#images-files').setInputFiles(CAT);
  await page.locator('#images-sources img').waitFor();
  await page.locator('#images-prompt').fill('make it red');
  expect(await page.locator('#images-snippets code').textContent()).toContain("-F 'image=@cat.png'");
  await page.locator('#images-form .main').click();
  const made = page.getByRole('img', { name: 'Generated: make it red' });
  await made.waitFor();
  expect(await made.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('texts are compared with texts, and documents are ranked by a query', async () => {
  const { page, complaints } = await open(browser, inject('url'), phone, '#similarity');
  await page.locator('#similarity label', { hasText: 'Text, text' }).click();
  await page.locator('#similarity-form .main').click();
  await page.locator('.heat').waitFor();
  expect(await page.locator('.heat thead th').allTextContents()).toEqual(['a cat', 'a boat on the sea']);
  expect(await page.locator('.heat tbody tr').count()).toBe(3);
  await page.locator('#similarity label', { hasText: 'Rerank' }).click();
  await page.getByLabel('Query').fill('a dog');
  await page.getByLabel('Top n').fill('2');
  await page.locator('#similarity-form .main').click();
  const scores = page.locator('#rerank-scores li');
  await scores.first().waitFor();
  expect(await scores.count()).toBe(2);
  expect(await scores.first().textContent()).toMatch(/^a photo of a dog0\.\d{4}$/);
  expect(await overflows(page)).toBe(false);
  expect(await accessibilityFindings(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('of 30 dropped images it is said which were taken, where they were dropped', async () => {
  const { page } = await open(browser, inject('url'), light, '#similarity');
  await expect.poll(() => page.locator('#pictures li').count()).toBe(2);
  const png = (await readFile(CAT)).toString('base64');
  const drop = (target: string) =>
    page.evaluate(
      ({ base64, to }) => {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        const files = new DataTransfer();
        for (let i = 1; i <= 29; i++) files.items.add(new File([bytes], `photo-${i}.png`, { type: 'image/png' }));
        files.items.add(new File(['no'], 'notes.txt', { type: 'text/plain' }));
        const event = new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: files });
        document.querySelector(to)?.dispatchEvent(event);
      },
      { base64: png, to: target },
    );
  await drop('#drop');
  const notice = page.locator('#drop .notice');
  await notice
    .getByText('6 of 30 images added. The limit is 8: not added: photo-7.png, photo-8.png, photo-9.png and 21 more.')
    .waitFor();
  await page.getByRole('link', { name: 'Teach' }).click();
  await page.locator('#teach-boxes .drop').first().waitFor();
  await drop('#teach-boxes .drop');
  await page
    .locator('#teach-boxes .notice', { hasText: '29 of 30 images added. Not readable as images: notes.txt.' })
    .waitFor();
  await page.context().close();
});

test('tables are cards on a phone, and nothing in them is cut', async () => {
  const { page } = await open(browser, inject('url'), phone, '#runs');
  await page.locator('#runs-form .main').click();
  const row = page.locator('#runs-table tbody tr').first();
  await row.waitFor();
  const cells = row.locator('th, td');
  expect(await cells.evaluateAll((all) => all.map((cell) => cell.getAttribute('data-title')))).toEqual([
    ...['Run', 'Status', 'Request', 'Created', 'Duration', 'Tokens', 'Actions'],
  ]);
  const request = cells.nth(2);
  expect(await request.textContent()).toContain('/v1/chat/completions');
  const { left, right } = await request.evaluate((cell) => cell.getBoundingClientRect());
  expect(left).toBeGreaterThanOrEqual(0);
  expect(right).toBeLessThanOrEqual(phone.viewport.width);
  expect(await request.evaluate((cell) => cell.scrollWidth <= cell.clientWidth)).toBe(true);
  expect(await row.evaluate((element) => getComputedStyle(element).display)).toBe('block');
  await page.context().close();
});
