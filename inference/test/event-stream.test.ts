import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiError } from '../src/errors.ts';
import { eventStream } from '../src/event-stream.ts';

const ignore = () => {};

describe('eventStream', () => {
  test('sends each value as an unnamed event, then [DONE]', async () => {
    const response = eventStream(async (send) => {
      send({ a: 1 });
      send({ b: 'two\nlines' });
    }, ignore);
    expect(await response.text()).toBe('data: {"a":1}\n\ndata: {"b":"two\\nlines"}\n\ndata: [DONE]\n\n');
  });

  test('ends with an error event and no [DONE] if the stream fails', async () => {
    const reported: unknown[] = [];
    const fault = new Error('inner detail');
    const response = eventStream(
      async (send) => {
        send({ a: 1 });
        throw fault;
      },
      (error) => reported.push(error),
    );
    const [first, second, ...rest] = (await response.text()).split('\n\n');
    expect(first).toBe('data: {"a":1}');
    expect(JSON.parse(second?.slice('data: '.length) ?? '')).toMatchObject({ error: { code: 'internal_error' } });
    expect(rest).toEqual(['']);
    expect(reported).toEqual([fault]);
  });

  test('rethrows errors thrown before the promise is returned, so they can become an HTTP status', () => {
    const full = new ApiError('queue_full', 'Full.');
    const refuse = () => {
      throw full;
    };
    expect(() => eventStream(refuse, ignore)).toThrow(full);
  });
});

describe('before the first event', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('a comment every 15 seconds keeps the connection open', async () => {
    const work = Promise.withResolvers<void>();
    const response = eventStream(async (send) => {
      await work.promise;
      send({ a: 1 });
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    }, ignore);
    await vi.advanceTimersByTimeAsync(31_000);
    work.resolve();
    await vi.advanceTimersByTimeAsync(61_000);
    expect(await response.text()).toBe(': keep-alive\n\n: keep-alive\n\ndata: {"a":1}\n\ndata: [DONE]\n\n');
  });
});
