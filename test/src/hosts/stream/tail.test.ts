import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MAX_UNREAD_STREAM_BYTES } from '../../../../src/base/sizes.ts';
import { StreamTail } from '../../../../src/hosts/stream/tail.ts';
import { callFor } from '../../../support/call.ts';

const LF = 10;
const NO_HEAD = new Uint8Array();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('cancels its branch of a stream that held too much, so that the host is closed with the branch of the client', async () => {
  const cancel = vi.fn();
  const lines = new Uint8Array(MAX_UNREAD_STREAM_BYTES + 1_000_000).fill(LF);
  const start = (controller: ReadableByteStreamController) => controller.enqueue(lines);
  const [toClient, twin] = new ReadableStream({ type: 'bytes', start, cancel }).tee();
  const { promise: isTooMuch, resolve: tooMuch } = Promise.withResolvers<void>();
  const tail = new StreamTail(NO_HEAD, twin, callFor('text-generation'), { tooMuch, silent: () => {} });
  vi.advanceTimersByTime(1_000);
  await isTooMuch;
  expect(tail.totalBytes).toBeGreaterThan(MAX_UNREAD_STREAM_BYTES);
  // The source of both is only cancelled with the second of them.
  expect(cancel).not.toHaveBeenCalled();
  await toClient.cancel();
  expect(cancel).toHaveBeenCalledTimes(1);
});
