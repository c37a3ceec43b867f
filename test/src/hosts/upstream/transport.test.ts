import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Call, startCall, type TimeLimits } from '../../../../src/call/call.ts';
import { send } from '../../../../src/hosts/upstream/transport.ts';
import { callFor } from '../../../support/call.ts';

const REQUEST = { name: 'host', url: 'https://host.example.com/v1', headers: {}, body: '{}' };
const text = (response: Response) => response.text();

function callWith(limits: Partial<TimeLimits>, client = new AbortController().signal): Call {
  const base = callFor('text-generation', {}, { client: () => client });
  return startCall(base, { ...base.limits, ...limits });
}

/** A network that returns these answers in turn, and then repeats the last. */
function network(...answers: (() => Response | Promise<Response>)[]) {
  const signals: (AbortSignal | undefined)[] = [];
  const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async (_, init) => {
    const { signal } = init as { signal?: AbortSignal };
    signals.push(signal);
    const answer = answers[Math.min(signals.length, answers.length) - 1];
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
      Promise.resolve(answer?.()).then((response) => resolve(response as Response), reject);
    });
  });
  return { spy, signals };
}

const never = () => new Promise<Response>(() => {});
const status =
  (code: number, body = '{}', headers = {}) =>
  () =>
    new Response(body, { status: code, headers: { 'content-type': 'application/json', ...headers } });
const refused = () => Promise.reject(new TypeError('connection refused'));

afterEach(() => vi.restoreAllMocks());

describe('a request to a host', () => {
  it('is given up if no headers arrive in time, and is not repeated', async () => {
    const { spy, signals } = network(never);
    await expect(send(REQUEST, callWith({ headersMs: 40 }), text)).rejects.toMatchObject({
      code: 'upstream_headers_timeout',
      status: 504,
    });
    expect(spy).toHaveBeenCalledTimes(1);
    // workerd closes it when the caller has been answered.
    expect(signals).toEqual([undefined]);
    const streamed = { ...REQUEST, streamed: true };
    const failed = { code: 'upstream_headers_timeout' };
    await expect(send(streamed, callWith({ headersMs: 40 }), text)).rejects.toMatchObject(failed);
    expect(signals[1]?.aborted).toBe(true);
    const call = callWith({ headersMs: 40 });
    const part = { ...call, cancellation: call.cancellation.part() };
    await expect(send(REQUEST, part, text)).rejects.toMatchObject(failed);
    expect(signals[2]?.aborted).toBe(true);
  });

  it('that was given up is not read when its answer arrives late', async () => {
    network(() => new Promise((resolve) => setTimeout(() => resolve(new Response('late')), 80)));
    const read = vi.fn(text);
    await expect(send(REQUEST, callWith({ headersMs: 30 }), read)).rejects.toMatchObject({ status: 504 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(read).not.toHaveBeenCalled();
  });

  it('has only to begin its answer in time', async () => {
    const streamed = { ...REQUEST, streamed: true };
    const { signals } = network(status(200, 'good'));
    const read = async (response: Response) => {
      await scheduler.wait(80);
      return response.text();
    };
    expect(await send(streamed, callWith({ headersMs: 40 }), read)).toBe('good');
    expect(signals[0]?.aborted).toBe(false);
  });

  it('is given up if an error does not arrive completely in time', async () => {
    const stalls = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{')) });
    network(() => new Response(stalls, { status: 400 }));
    const call = callWith({ headersMs: 40, totalMs: 3_000 });
    await expect(send(REQUEST, call, text)).rejects.toMatchObject({ code: 'upstream_headers_timeout' });
    expect(call.report.timings.upstream).toBeGreaterThan(30);
  });

  it('is given up when the total limit passes, even between two attempts', async () => {
    network(status(500, '{}', { 'retry-after': '1' }));
    const call = callWith({ totalMs: 60 });
    // The wait that the host asks for is longer than what is left: its failure is the answer.
    await expect(send(REQUEST, call, text)).rejects.toMatchObject({ code: 'upstream_error' });
    network(never);
    await expect(send(REQUEST, callWith({ totalMs: 60 }), text)).rejects.toMatchObject({
      code: 'upstream_total_timeout',
    });
  });

  it.each(['the headers', 'a retry'])('ends if the client leaves while it waits for %s', async (what) => {
    const { signals, spy } = network(what === 'the headers' ? never : status(503, '{}', { 'retry-after': '5' }));
    const client = new AbortController();
    const sent = send({ ...REQUEST, streamed: true }, callWith({}, client.signal), text);
    setTimeout(() => client.abort(), 30);
    await expect(sent).rejects.toMatchObject({ code: 'client_closed_request' });
    expect(signals[0]?.aborted).toBe(true);
    expect(spy).toHaveBeenCalledTimes(1);
  });

  it.each([408, 424, 425, 429, 500, 502, 503, 504])(
    'is repeated after status %d, and the body of the failure is read',
    async (code) => {
      const failed = status(code)();
      const { spy } = network(() => failed, status(200, 'good'));
      expect(await send(REQUEST, callWith({}), text)).toBe('good');
      expect(spy).toHaveBeenCalledTimes(2);
      expect(failed.bodyUsed).toBe(true);
    },
  );

  it('is repeated at most twice after a failure of the network', async () => {
    const { spy } = network(refused);
    const call = callWith({});
    await expect(send(REQUEST, call, text)).rejects.toMatchObject({ code: 'upstream_unreachable' });
    expect(spy).toHaveBeenCalledTimes(3);
    expect(call.outcome.attempts).toBe(3);
  });

  it.each([400, 401, 402, 403, 404, 410, 422])('is not repeated after status %d', async (code) => {
    const { spy } = network(status(code));
    await expect(send(REQUEST, callWith({}), text)).rejects.toThrow();
    expect(spy).toHaveBeenCalledTimes(1);
  });

  it('waits as long as the host asks for', async () => {
    network(status(429, '{}', { 'retry-after': '1' }), status(200, 'good'));
    const start = Date.now();
    expect(await send(REQUEST, callWith({}), text)).toBe('good');
    expect(Date.now() - start).toBeGreaterThanOrEqual(990);
  });

  it('does not wait if another target can answer', async () => {
    for (const [code, headers] of [
      [429, { 'retry-after': '1' }],
      [429, {}],
      [503, { 'retry-after': '1' }],
    ] as const) {
      const { spy } = network(status(code, '{}', headers));
      const call = { ...callWith({}), hasAlternative: true };
      await expect(send(REQUEST, call, text)).rejects.toMatchObject({ status: code });
      expect(spy).toHaveBeenCalledTimes(1);
      vi.restoreAllMocks();
    }
  });

  it('fails with Retry-After if the host asks for a longer wait than the limit', async () => {
    const { spy } = network(status(429, '{}', { 'retry-after': '9' }));
    const start = Date.now();
    await expect(send(REQUEST, callWith({}), text)).rejects.toMatchObject({
      status: 429,
      headers: { 'retry-after': '9' },
    });
    expect(spy).toHaveBeenCalledTimes(1);
    // It would have been 9 s.
    expect(Date.now() - start).toBeLessThan(8_000);
  });

  it('is not repeated after a redirect', async () => {
    const { spy } = network(status(302, '', { location: 'https://other.example.com/' }));
    await expect(send(REQUEST, callWith({}), text)).rejects.toMatchObject({ code: 'upstream_error' });
    expect(spy).toHaveBeenCalledTimes(1);
    // The platform itself must not follow it: it would send the credential to another host.
    expect(spy.mock.calls[0]?.[1]).toMatchObject({ redirect: 'manual' });
  });

  it('that must run only once is repeated only if the host refused it', async () => {
    const once = { ...REQUEST, once: true };
    for (const answer of [status(500), refused]) {
      const { spy } = network(answer);
      await expect(send(once, callWith({}), text)).rejects.toThrow();
      expect(spy).toHaveBeenCalledTimes(1);
      vi.restoreAllMocks();
    }
    const { spy } = network(status(429), status(200, 'good'));
    expect(await send(once, callWith({}), text)).toBe('good');
    expect(spy).toHaveBeenCalledTimes(2);
  });

  it('is not repeated if its body is gone, even if the host refused it', async () => {
    const { spy } = network(status(429), status(200, 'good'));
    await expect(send({ ...REQUEST, isSpent: true }, callWith({}), text)).rejects.toMatchObject({ status: 429 });
    expect(spy).toHaveBeenCalledTimes(1);
  });

  it('is repeated for longer if the host is starting, within a limit', async () => {
    const waking = status(503, '{"error":"Model is loading"}');
    const { spy } = network(...Array.from({ length: 4 }, () => waking), status(200, 'good'));
    vi.spyOn(Math, 'random').mockReturnValue(0.01);
    expect(await send(REQUEST, callWith({}), text)).toBe('good');
    expect(spy).toHaveBeenCalledTimes(5);
    network(waking);
    await expect(send(REQUEST, callWith({ coldMs: 200 }), text)).rejects.toMatchObject({ code: 'upstream_cold' });
  });
});
