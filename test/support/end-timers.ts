import { afterAll } from 'vitest';

/**
 * Clears the timers that a test file leaves, such as the deadlines of its requests. In production workerd
 * does so when a request ends. All tests are one request to it, and may have 10,000 timers.
 */

const original = globalThis.setTimeout;
const timers = new Set<ReturnType<typeof setTimeout>>();

globalThis.setTimeout = ((...given: Parameters<typeof setTimeout>) => {
  const timer = original(...given);
  timers.add(timer);
  return timer;
}) as typeof setTimeout;

afterAll(() => {
  globalThis.setTimeout = original;
  for (const timer of timers) clearTimeout(timer);
});
