import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { sharedBrowser } from './chromium.ts';

/** The function of docs/apps.md that makes a JPEG in a browser, as it stands there. */
const snippet = /```ts\n(\/\*\* A JPEG on white[\s\S]*?)```/.exec(
  readFileSync(new URL('../../docs/apps.md', import.meta.url), 'utf8'),
)?.[1];

let browser: Browser;
beforeAll(async () => {
  browser = await sharedBrowser(inject('browser'));
});
afterAll(() => browser.close());

async function jpegOf(file: Buffer): Promise<Buffer> {
  const page = await browser.newPage();
  // A string, because the code runs in the page.
  const code = `(async () => {
    ${stripTypeScriptTypes(snippet ?? '')}
    const file = Uint8Array.from(atob('${file.toString('base64')}'), (letter) => letter.charCodeAt(0));
    const jpeg = await jpegOf(new Blob([file]));
    const bytes = new Uint8Array(await jpeg.arrayBuffer());
    let text = '';
    for (let at = 0; at < bytes.length; at += 10_000) text += String.fromCharCode(...bytes.subarray(at, at + 10_000));
    return jpeg.type + ' ' + btoa(text);
  })()`;
  const [type, base64 = ''] = String(await page.evaluate(code)).split(' ');
  await page.close();
  expect(type).toBe('image/jpeg');
  return Buffer.from(base64, 'base64');
}

const halves = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'red' } }).composite([
    { input: { create: { width: width / 2, height, channels: 3, background: 'blue' } }, left: 0, top: 0 },
  ]);

describe('the JPEG that a page makes of a photograph', () => {
  test('has at most 2,048 pixels on its longer side, and is turned as EXIF says', async () => {
    const photo = await halves(3000, 2000).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const jpeg = await jpegOf(photo);
    const { width, height, orientation } = await sharp(jpeg).metadata();
    expect([width, height, orientation ?? 1]).toEqual([1365, 2048, 1]);
    // The left half of the file is the upper one of the picture.
    const { data } = await sharp(jpeg)
      .extract({ left: 600, top: 200, width: 1, height: 1 })
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(data[2]).toBeGreaterThan(200);
  });

  test('is not enlarged, and has white where the file is transparent', async () => {
    const icon = await sharp({ create: { width: 40, height: 20, channels: 4, background: '#00000000' } })
      .png()
      .toBuffer();
    const jpeg = await jpegOf(icon);
    const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([40, 20]);
    expect(Math.min(...data)).toBeGreaterThan(250);
  });
});
