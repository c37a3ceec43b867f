import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { sharedBrowser } from './chromium.ts';
import { accessibilityFindings, open, overflows, VIEWS } from './page.ts';

/** What the Text page shows of answers: Markdown, two models, pictures, long answers. */

const [light, , phoneLight] = VIEWS;

let browser: Browser;
beforeAll(async () => {
  browser = await sharedBrowser(inject('browser'));
});
afterAll(() => browser.close());

async function choose(page: Page, model: string, field = '#text-model'): Promise<void> {
  await page.locator(field).fill(model);
  await page.locator(field).press('Escape');
}

async function ask(page: Page, prompt: string): Promise<void> {
  await page.locator('#text-prompt').fill(prompt);
  await page.locator('#text-send').click();
  await page.locator('#text-talk .answer:not(:empty)').last().waitFor();
  await expect.poll(() => page.locator('.talk[aria-busy]').count()).toBe(0);
}

test('an answer in Markdown is rendered, and markup of the model is shown as text', async () => {
  const { page, complaints } = await open(browser, inject('url'), light);
  const strangers: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(inject('url'))) strangers.push(request.url());
  });
  await choose(page, 'openai/vision-8b');
  await ask(page, 'Show all');
  const answer = page.locator('#text-talk .answer');
  await answer.locator('h5', { hasText: 'Result' }).waitFor();
  expect(await answer.locator('strong, em, del, p > code').allTextContents()).toEqual([
    'bold',
    'another',
    'a third',
    'code',
  ]);
  expect(await answer.locator('ol > li').count()).toBe(2);
  expect(await answer.locator('blockquote').textContent()).toContain('quoted');
  expect(await answer.locator('tbody td').allTextContents()).toEqual(['cat', '4', 'dog', '12']);
  expect(await answer.locator('pre code').textContent()).toBe("const answer = '<b>42</b>';");
  expect(await answer.textContent()).toContain('5 < 6 & 7.');
  expect(
    await answer.locator('a').evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href)),
  ).toEqual(['https://example.com/page', 'https://tracker.example.com/x.png']);
  expect(await answer.locator('img, script').count()).toBe(0);
  expect(await answer.textContent()).toContain('<script>window.attacked = true</script>');
  expect(await page.evaluate('window.attacked')).toBeUndefined();
  const hebrew = answer.locator('p', { hasText: 'שלום' });
  expect(await hebrew.evaluate((line) => getComputedStyle(line).direction)).toBe('rtl');
  expect(await page.locator('.thoughts').textContent()).toContain('I think.');

  await answer.locator('.code-block').getByRole('button', { name: 'Copy' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("const answer = '<b>42</b>';");
  expect(await accessibilityFindings(page)).toEqual([]);
  expect(strangers).toEqual([]);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test.each([light, phoneLight])('a long answer is followed until the reader scrolls up ($name)', async (view) => {
  const { page } = await open(browser, inject('url'), view);
  await choose(page, 'openai/small-2b');
  await ask(page, '200 lines');
  const last = page.locator('#text-talk .answer p').last();
  expect(await last.textContent()).toBe('Line 200.');
  const isSeen = () =>
    last.evaluate((line) => {
      const { top, bottom } = line.getBoundingClientRect();
      const talk = line.closest('.talk')?.getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight && bottom <= (talk?.bottom ?? 0) + 60;
    });
  await expect.poll(isSeen).toBe(true);
  await last.hover();
  await page.mouse.wheel(0, -2_000);
  await expect.poll(isSeen).toBe(false);
  await page.context().close();
});

test('two models answer side by side, with the parameters and the picture of the form', async () => {
  const { page, complaints } = await open(browser, inject('url'), light);
  await choose(page, 'openai/vision-8b');
  await page.locator('.more summary').click();
  await page.getByLabel('System prompt').fill('Be brief.');
  await page.getByLabel('Top p').fill('0.9');
  await page.getByLabel('Seed').first().fill('5');
  await page.getByLabel('Stop sequences').fill('END\nSTOP');
  await page.getByLabel('Compare with a second model').check();
  await choose(page, 'openai/small-2b', '#text-model-2');
  const buffer = await (await page.request.get(`${inject('url')}/pictures/cat.png`)).body();
  await page.locator('#text-files').setInputFiles({ name: 'cat.png', mimeType: 'image/png', buffer });
  await page.locator('#text-pictures img').waitFor();
  const sent = ['openai/vision-8b', 'openai/small-2b'].map((model) =>
    page.waitForRequest((request) => request.postDataJSON()?.model === model),
  );
  await ask(page, 'What is this?');
  for (const request of await Promise.all(sent)) {
    const { messages, ...parameters } = (await request).postDataJSON();
    expect(parameters).toMatchObject({ top_p: 0.9, seed: 5, stop: ['END', 'STOP'], temperature: 0, max_tokens: 200 });
    expect(messages[0]).toEqual({ role: 'system', content: 'Be brief.' });
    expect(messages[1].content[0]).toEqual({ type: 'text', text: 'What is this?' });
    expect(messages[1].content[1].image_url.url).toMatch(/^data:image\/png;base64,iVBOR/);
  }
  expect(await page.locator('.lane .lane-name').allTextContents()).toEqual(['openai/vision-8b', 'openai/small-2b']);
  expect(await page.locator('.lane .answer').count()).toBe(2);
  const [left, right] = await page
    .locator('.lane')
    .evaluateAll((lanes) => lanes.map((lane) => lane.getBoundingClientRect().left));
  expect(right).toBeGreaterThan((left ?? 0) + 200);
  expect(await page.locator('#text-pictures img').count()).toBe(0);
  expect(await overflows(page)).toBe(false);
  expect(await accessibilityFindings(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('the field for a model lists aliases and those of the host, with context, price and speed, and takes any name', async () => {
  const { page, complaints } = await open(browser, inject('url'), light);
  await page.locator('#text-send').click();
  await page.locator('#text-readings dt', { hasText: 'Speed' }).waitFor();
  const field = page.getByRole('combobox', { name: 'Model', exact: true });
  await field.click();
  const options = page.getByRole('option');
  await options.filter({ hasText: 'openai/vision-8b' }).waitFor();
  expect(await options.filter({ hasText: 'text (tiny-text)' }).textContent()).toMatch(
    /512 tokens · 1 \/ 4 USD per 1M tokens · \d+ tokens\/s/,
  );
  expect(await options.filter({ hasText: 'openai/vision-8b' }).textContent()).toContain('32,768 tokens');
  expect(await options.filter({ hasText: 'zai-org/GLM-4.6' }).getAttribute('aria-disabled')).toBe('true');
  expect(await accessibilityFindings(page)).toEqual([]);
  // By keyboard: what is typed filters.
  await field.fill('vision');
  expect(await options.count()).toBe(1);
  await field.press('ArrowDown');
  await field.press('Enter');
  expect(await field.inputValue()).toBe('openai/vision-8b');
  expect(await field.getAttribute('aria-expanded')).toBe('false');
  expect(await page.locator('#text-snippets code').textContent()).toContain('"model": "openai/vision-8b"');
  await field.fill('openai/not-listed');
  await field.press('Tab');
  expect(await page.locator('#text-note').textContent()).toBe('The model of this name at the host of OPENAI_BASE_URL.');
  expect(await page.locator('#text-snippets code').textContent()).toContain('"model": "openai/not-listed"');
  expect(complaints).toEqual([]);
  await page.context().close();
});
