import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { SCOPES } from '../../src/base/scopes.ts';
import { sharedBrowser } from './chromium.ts';
import { accessibilityFindings, open, overflows, PAIR, VIEWS } from './page.ts';

/** The pages Tokens and Usage. */

let browser: Browser;
beforeAll(async () => {
  browser = await sharedBrowser(inject('browser'));
});
afterAll(() => browser.close());

test('a token is created, used until its limit is reached, and counts down', async () => {
  const { page, complaints } = await open(browser, inject('url'), VIEWS[0], '#tokens');
  await page.getByLabel('User or device').fill('user-of-the-browser');
  const scopes = page.locator('#tokens-form input[name=scope]');
  expect(await scopes.evaluateAll((inputs) => inputs.map((input) => input.getAttribute('value')))).toEqual([...SCOPES]);
  await page.getByLabel('Requests per minute').fill('2');
  expect(await page.locator('#tokens-snippets code').textContent()).toContain('"requests_per_minute": 2');
  await page.getByRole('button', { name: 'Create token' }).click();
  await page.locator('#tokens-value').waitFor();
  expect(await page.locator('#tokens-value').textContent()).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  expect(await page.locator('#tokens-left').textContent()).toMatch(/expires in (10:00|9:5\d)/);
  const attempts = page.locator('#tokens-calls li');
  for (let i = 0; i < 3; i++) {
    await page.getByRole('button', { name: 'Send a chat with this token' }).click();
    await attempts.nth(i).waitFor();
  }
  expect(await attempts.last().textContent()).toContain('1 requests left');
  expect(await attempts.first().textContent()).toContain('429 rate_limit_exceeded');
  // The browser itself reports the refused request.
  expect(complaints.filter((text) => !text.includes('429'))).toEqual([]);
  expect(await accessibilityFindings(page)).toEqual([]);
  await page.context().close();
});

test('a token that can do nothing here says why', async () => {
  const { page } = await open(browser, inject('url'), VIEWS[0], '#tokens');
  await page.getByRole('checkbox', { name: 'text' }).uncheck();
  await page.getByRole('checkbox', { name: 'images' }).check();
  await page.getByRole('button', { name: 'Create token' }).click();
  await page.locator('#tokens-value').waitFor();
  await page.getByRole('button', { name: 'Send a chat with this token' }).click();
  const attempt = page.locator('#tokens-calls li').first();
  await attempt.waitFor();
  expect(await attempt.textContent()).toContain('403 scope_missing');
  await page.context().close();
});

for (const view of PAIR) {
  test(`usage is drawn by day and listed by model (${view.name})`, async () => {
    const url = inject('url');
    const body = { model: 'text', messages: [{ role: 'user', content: 'Translate to French: house' }], max_tokens: 20 };
    await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk-local', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const { page, complaints } = await open(browser, url, view, '#usage');
    // Usage appears two seconds later.
    await expect
      .poll(async () => {
        await page.getByRole('button', { name: 'Refresh' }).last().click();
        return page.locator('#usage-table tbody').textContent();
      })
      .toContain('tiny-text');
    await page.locator('#usage label', { hasText: 'Requests' }).click();
    expect(await page.locator('#usage-chart g title').last().textContent()).toMatch(
      /^20\d\d-\d\d-\d\d: .*tiny-text \d+/,
    );
    expect(await page.locator('#usage-chart svg').getAttribute('aria-label')).toContain('Usage from');
    expect(await overflows(page)).toBe(false);
    expect(await accessibilityFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
}
