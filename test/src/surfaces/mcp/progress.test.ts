import { afterEach, expect, it, vi } from 'vitest';
import { answerByEvents } from '../../../../src/surfaces/mcp/progress.ts';
import type { Progress } from '../../../../src/surfaces/mcp/tool.ts';
import { callFor } from '../../../support/call.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** Starts an answer whose work is controlled by the test. */
function start() {
  let report: Progress = () => {};
  let end = (_: object) => {};
  const run = (progress: Progress) => {
    report = progress;
    return new Promise<Record<string, unknown>>((resolve) => {
      end = (result) => resolve({ ...result });
    });
  };
  const call = callFor('text-generation');
  const reader = answerByEvents(7, run, call).body?.pipeThrough(new TextDecoderStream()).getReader();
  const next = async () => {
    const { value } = (await reader?.read()) ?? {};
    return value === undefined ? undefined : JSON.parse(value.replace(/^event: message\ndata: /, ''));
  };
  return { next, report: (piece: string) => report(piece), end: (result: object) => end(result), call };
}

const progress = (progress: number, message: string) => ({
  jsonrpc: '2.0',
  method: 'notifications/progress',
  params: { progressToken: 7, progress, message },
});

it('says every 10 s that it still waits', async () => {
  vi.useFakeTimers();
  const { next, end } = start();
  for (const count of [1, 2, 3]) {
    vi.advanceTimersByTime(10_000);
    expect(await next()).toEqual(progress(count, 'Waiting for the model.'));
  }
  end({ id: 1 });
  expect(await next()).toEqual({ id: 1 });
  expect(await next()).toBeUndefined();
  vi.advanceTimersByTime(60_000);
});

it('joins what arrives within 200 ms, and does not wait where something arrives', async () => {
  vi.useFakeTimers();
  const { next, report, end } = start();
  report('a');
  vi.advanceTimersByTime(100);
  report('b');
  vi.advanceTimersByTime(100);
  report('c');
  expect(await next()).toEqual(progress(1, 'abc'));
  vi.advanceTimersByTime(9_900);
  report('d');
  expect(await next()).toEqual(progress(2, 'd'));
  report('e');
  end({ id: 1 });
  expect(await next()).toEqual(progress(3, 'e'));
  expect(await next()).toEqual({ id: 1 });
});

it('ends for the log when the last byte is gone', async () => {
  const { next, end, call } = start();
  let ended = false;
  call.outcome.bodyDone?.then(() => {
    ended = true;
  });
  end({ id: 1 });
  await next();
  await next();
  await call.outcome.bodyDone;
  expect(ended).toBe(true);
});
