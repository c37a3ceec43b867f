import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { sharedBrowser } from './chromium.ts';
import { open, VIEWS } from './page.ts';

/** The code of the pages, run as it is: curl by a shell, TypeScript without an SDK by Node. */

const run = promisify(execFile);
const PICTURES = join(import.meta.dirname, '../../playground/pictures');

let browser: Browser;
let folder: string;
beforeAll(async () => {
  browser = await sharedBrowser(inject('browser'));
  folder = await mkdtemp(join(tmpdir(), 'cedalion-snippets-'));
  await cp(join(PICTURES, 'cat.png'), join(folder, 'photo.jpg'));
  await writeFile(join(folder, 'speech.mp3'), 'sound');
});
afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

test.each([
  ['models', '"object":"list"', "object: 'list'"],
  ['usage', '"data":', 'data:'],
  ['runs', '"status":"', "status: '"],
  ['tokens', '"object":', "object: '"],
  ['webhooks', '"signing_secret":', "signing_secret: '"],
  ['audio', '"text":"The museum opens at nine."', "text: 'The museum opens at nine.'"],
  ['images', '', ''],
] as const)('the code of the page %s runs as it is', async (name, json, printed) => {
  const { page } = await open(browser, inject('url'), VIEWS[0], `#${name}`);
  const snippets = page.locator(`#${name}-snippets`);
  await snippets.locator('label').first().waitFor();
  if (name === 'images') await page.locator('#images label', { hasText: 'Edit' }).click();
  if (name === 'webhooks') await page.locator('#webhooks-url').fill('http://127.0.0.1:9/webhooks');
  const code = async (language: string) => {
    await snippets.locator('label', { hasText: language }).click();
    return (await snippets.locator('code').textContent()) ?? '';
  };
  const shell = await run('bash', ['-c', await code('curl')], { cwd: folder });
  expect(shell.stdout).toContain(json);
  await writeFile(join(folder, `${name}.mts`), await code('TypeScript'));
  const script = await run(process.execPath, [`${name}.mts`], { cwd: folder });
  expect(script.stdout).toContain(printed);
  await page.context().close();
});

test('the request of the Text page in the shape of Anthropic runs as it is', async () => {
  const { page } = await open(browser, inject('url'), VIEWS[0], '#text');
  const snippets = page.locator('#text-snippets');
  await snippets.locator('label', { hasText: 'Anthropic' }).click();
  const code = (await snippets.locator('code').textContent()) ?? '';
  const { stdout } = await run('bash', ['-c', code], { cwd: folder });
  expect(stdout).toMatch(/^event: message_start\n/);
  expect(stdout).toContain('event: message_stop');
  await page.context().close();
});
