import { connect, createServer, type Socket } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { freePorts } from '../support/ports.ts';
import { sharedBrowser } from './chromium.ts';
import { accessibilityFindings, open, VIEWS } from './page.ts';

const [light, , , phone] = VIEWS;

let browser: Browser;
/** A deployed Worker with its own API key and a host that is down. */
let deployed: Gateway;
beforeAll(async () => {
  const [closed] = await freePorts(1);
  deployed = await startGateway({ API_KEYS: 'sk-of-their-own', INFERENCE_URL: `http://127.0.0.1:${closed}` });
  browser = await sharedBrowser(inject('browser'));
});
afterAll(async () => {
  await browser.close();
  await deployed.stop();
});

test('asks for the API key if the local key is wrong, keeps it in memory and reports a wrong key', async () => {
  const page = await browser.newPage({ viewport: phone.viewport, colorScheme: phone.colorScheme });
  await page.goto(deployed.url);
  const dialog = page.getByRole('dialog', { name: 'Enter API key' });
  await dialog.waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
  await page.keyboard.type('sk-wrong');
  await page.keyboard.press('Enter');
  await expect.poll(() => dialog.textContent()).toContain('The API key is not valid for this gateway.');
  await page.getByLabel('API key', { exact: true }).fill('sk-of-their-own');
  await page.getByRole('button', { name: 'Use key' }).click();
  await page.locator('#text-note', { hasText: 'Served by' }).waitFor();
  expect(await dialog.isVisible()).toBe(false);
  expect(await page.locator('#text-snippets code').textContent()).toContain('Bearer $CEDALION_API_KEY');

  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  expect(kept + (await page.content()) + page.url()).not.toContain('sk-of-their-own');
  await page.close();
});

test('a host that is down is shown with the message of the API and advice', async () => {
  const page = await browser.newPage(light);
  await page.goto(deployed.url);
  await page.getByLabel('API key', { exact: true }).fill('sk-of-their-own');
  await page.getByRole('button', { name: 'Use key' }).click();
  await page.locator('#text-note', { hasText: 'Served by' }).waitFor();
  await page.getByRole('button', { name: /^Send/ }).click();
  const failure = page.locator('#text-failure');
  await failure.waitFor();
  const text = (await failure.textContent()) ?? '';
  expect(text).toContain('upstream_unreachable');
  expect(text).toContain('check that the inference server is running');
  expect(text).toMatch(/req_[0-9a-f-]{36}/);
  expect(await accessibilityFindings(page)).toEqual([]);
  await page.close();
});

test('an API error is shown next to the form', async () => {
  const { page } = await open(browser, inject('url'), light, '#similarity');
  await page.locator('#pictures li').nth(1).waitFor();
  await page.locator('#captions').evaluate((captions: HTMLTextAreaElement) => {
    captions.value = Array.from({ length: 3000 }, (_, i) => `caption ${i}`).join('\n');
  });
  await page.getByRole('button', { name: 'Compare' }).click();
  const failure = page.locator('#similarity-failure');
  await failure.waitFor();
  expect(await failure.textContent()).toContain('invalid_parameter');
  expect(await failure.textContent()).toContain('Fix the parameter named in the message');
  await page.context().close();
});

test('an unreachable Worker is reported', async () => {
  const { page } = await open(browser, inject('url'), light);
  await page.context().setOffline(true);
  await page.getByRole('button', { name: /^Send/ }).click();
  await expect.poll(() => page.locator('#text-failure').textContent()).toContain('The Worker is not reachable.');
  await page.context().close();
});

test('a stream whose connection is lost keeps what arrived, and says that it is incomplete', async () => {
  const connections: Socket[] = [];
  const proxy = createServer((near) => {
    const far = connect(Number(new URL(inject('url')).port), '127.0.0.1');
    connections.push(near, far);
    // Both ends are cut by this test.
    for (const end of [near, far]) end.on('error', () => {});
    near.pipe(far).pipe(near);
  });
  const [port] = await freePorts(1);
  await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve));
  const { page } = await open(browser, `http://127.0.0.1:${port}`, light);
  await page.getByRole('button', { name: 'Describe a product' }).click();
  await page.getByRole('button', { name: /^Send/ }).click();
  const answer = page.locator('#text-talk .answer');
  await expect.poll(() => answer.textContent()).toMatch(/\w+ \w+/);
  proxy.close();
  for (const connection of connections) connection.destroy();
  await page.locator('#text-failure', { hasText: 'The response above is incomplete.' }).waitFor();
  expect(await answer.textContent()).toMatch(/\w+ \w+/);
  expect(await page.getByRole('button', { name: 'Stop' }).isDisabled()).toBe(true);
  await page.context().close();
});

test('a request that takes long shows that it goes on, and for how long', async () => {
  const { page } = await open(browser, inject('url'), light, '#similarity');
  let answer = () => {};
  const wait = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route('**/v1/similarity', async (route) => {
    await wait;
    await route.continue();
  });
  await page.locator('#pictures li').nth(1).waitFor();
  await page.getByRole('button', { name: 'Compare' }).click();
  const waiting = page.locator('#similarity .waiting');
  await expect.poll(() => waiting.textContent()).toMatch(/^Comparing, \d/);
  answer();
  await page.locator('.heat').waitFor();
  expect(await waiting.count()).toBe(0);
  await page.context().close();
});

test('a page whose code cannot be loaded says so', async () => {
  const { page } = await open(browser, inject('url'), light);
  await page.context().setOffline(true);
  await page.getByRole('link', { name: 'Usage' }).click();
  await page.locator('#usage-failure', { hasText: 'reload the page' }).waitFor();
  await page.context().setOffline(false);
  await page.reload();
  await page.locator('#usage-chart svg, #usage-empty:not([hidden])').first().waitFor();
  expect(await page.locator('#usage-failure').isVisible()).toBe(false);
  await page.context().close();
});

test('prompts that cannot be listed are an error, and nothing can be run', async () => {
  const { page } = await open(browser, inject('url'), light);
  await page.route('**/v1/prompts', (route) => route.fulfill({ status: 502, body: 'Bad gateway' }));
  await page.goto(`${inject('url')}/#prompts`);
  await page.reload();
  const failure = page.locator('#prompts-failure');
  await failure.getByText('Unexpected response with status 502.').waitFor();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  expect(await failure.isVisible()).toBe(true);
  await page.context().close();
});

test('a list that cannot be loaded is not called empty', async () => {
  const { page } = await open(browser, inject('url'), light);
  await page.route('**/v1/runs*', (route) => route.fulfill({ status: 502, body: 'Bad gateway' }));
  await page.goto(`${inject('url')}/#runs`);
  await page.locator('#runs-failure').getByText('status 502').waitFor();
  expect(await page.getByText('No runs.').isVisible()).toBe(false);
  await page.context().close();
});
