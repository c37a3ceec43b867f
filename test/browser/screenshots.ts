/**
 * Takes the README's screenshots of the playground from the running program, in both themes.
 *
 *   npm run screenshots
 */
import { join } from 'node:path';
import { startStack } from '../support/stack.ts';
import { launch } from './chromium.ts';
import { open } from './page.ts';

const FOLDER = join(import.meta.dirname, '../../docs');
const VIEWPORT = { width: 1280, height: 1000 };

const stack = await startStack();
const browser = await launch();
try {
  for (const colorScheme of ['light', 'dark'] as const) {
    const view = { name: 'desktop', viewport: VIEWPORT, colorScheme };
    const { page, complaints } = await open(browser, stack.url, view, '#similarity');
    await page.locator('#pictures li').nth(1).waitFor();
    for (const sample of ['red circle', 'house']) await page.getByRole('button', { name: sample }).click();
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.locator('.heat').waitFor();
    // The second request shows the effect of the cache.
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.locator('#calls li').nth(1).waitFor();
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
    await page.evaluate(() => window.scrollTo(0, 0));
    const name = colorScheme === 'light' ? 'playground.png' : 'playground-dark.png';
    await page.screenshot({ path: join(FOLDER, name) });
  }
} finally {
  await browser.close();
  await stack.stop();
}
