import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { sharedBrowser } from './chromium.ts';
import { VIEWS } from './page.ts';

/**
 * Limits for a first visit. Times are the best of three visits on loopback, because the machine may be busy.
 */
const BUDGET = { gzipBytes: 100_000, requests: 45, firstPaintMs: 1500, readyMs: 2500, layoutShift: 0.05 };

let browser: Browser;
beforeAll(async () => {
  browser = await sharedBrowser(inject('browser'));
});
afterAll(() => browser.close());

test.each(['/', '/docs'])('a first visit to %s stays within the budget', async (path) => {
  const visits: Awaited<ReturnType<typeof visit>>[] = [];
  for (let i = 0; i < 3; i++) visits.push(await visit(path));
  const best = (pick: (figures: (typeof visits)[number]) => number) => Math.min(...visits.map(pick));
  const [{ gzipBytes, requests }] = visits as [(typeof visits)[number]];
  const figures = {
    gzipBytes,
    requests,
    firstPaintMs: Math.round(best(({ firstPaintMs }) => firstPaintMs)),
    readyMs: Math.round(best(({ readyMs }) => readyMs)),
    layoutShift: Math.max(...visits.map(({ layoutShift }) => layoutShift)),
  };
  for (const [name, most] of Object.entries(BUDGET)) {
    expect(figures[name as keyof typeof BUDGET], name).toBeLessThanOrEqual(most);
  }
});

/** Bytes are the gzip sizes of the response bodies, without images. */
async function visit(path: string) {
  const [view] = VIEWS;
  const context = await browser.newContext({ viewport: view.viewport });
  const page = await context.newPage();
  const bodies: Promise<number>[] = [];
  const strangers: string[] = [];
  page.on('response', (response) => {
    if (!response.url().startsWith(inject('url')) && !response.url().startsWith('blob:'))
      strangers.push(response.url());
    const isPicture = (response.headers()['content-type'] ?? '').startsWith('image/');
    bodies.push(isPicture ? Promise.resolve(0) : response.body().then((body) => gzipSync(body).length));
  });
  await page.addInitScript(() => {
    const shifts = { total: 0 };
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.total += (entry as PerformanceEntry & { value: number }).value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(inject('url') + path, { waitUntil: 'networkidle' });
  const { firstPaintMs, readyMs, layoutShift } = await page.evaluate(() => ({
    firstPaintMs: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
    // The last response that the page waits for. Then the models are listed and the page is usable.
    readyMs: Math.max(
      ...performance.getEntriesByType('resource').map((entry) => (entry as PerformanceResourceTiming).responseEnd),
    ),
    layoutShift: (window as typeof window & { shifts: { total: number } }).shifts.total,
  }));
  const sizes = await Promise.all(bodies);
  expect(strangers, 'all resources come from the Worker').toEqual([]);
  await context.close();
  return {
    gzipBytes: sizes.reduce((total, size) => total + size, 0),
    requests: sizes.length,
    firstPaintMs,
    readyMs,
    layoutShift,
  };
}
