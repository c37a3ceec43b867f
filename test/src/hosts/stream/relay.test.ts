import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Call, startCall, type TimeLimits } from '../../../../src/call/call.ts';
import { relayStream } from '../../../../src/hosts/stream/relay.ts';
import { eventData } from '../../../../src/hosts/stream/sse.ts';
import { callFor } from '../../../support/call.ts';

const EVENT = 'data: {"choices":[{"index":0,"delta":{"content":"word "},"finish_reason":null}]}\n\n';
const LAST =
  'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":9}}\n\n';
const DONE = 'data: [DONE]\n\n';

function callWith(limits: Partial<TimeLimits>): Call {
  const base = callFor('text-generation');
  return startCall(base, { ...base.limits, ...limits });
}

/**
 * A host's answer that is written piece by piece, and breaks when the call is aborted, like an answer of
 * `fetch`.
 */
function answer(call: Call, pieces: AsyncIterable<string>): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream({
    type: 'bytes',
    async start(controller) {
      call.cancellation.onCancel((reason) => controller.error(reason));
      for await (const piece of pieces) {
        if (call.cancellation.reason) return;
        controller.enqueue(encoder.encode(piece));
      }
      controller.close();
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

async function lastEvent(response: Response) {
  return JSON.parse(eventData(await response.text()).at(-1) ?? '');
}

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

afterEach(() => {
  vi.useRealTimers();
});

describe('a stream', () => {
  it('without an event in time is given up', async () => {
    const call = callWith({ firstEventMs: 50 });
    const silent = answer(call, pieces());
    await expect(relayStream(silent, 'host', call)).rejects.toMatchObject({ code: 'upstream_first_event_timeout' });

    async function* pieces() {
      yield ': still here\n\n';
      await pause(5_000);
    }
  });

  it('whose host says that it queues the request waits longer, up to the setting', async () => {
    const call = callWith({ firstEventMs: 100 });
    const relayed = await relayStream(answer(call, pieces(4)), 'host', call);
    expect(await relayed.text()).toBe(`${': queued\n\n'.repeat(4)}${EVENT}${LAST}${DONE}`);
    const { settings } = call;
    const impatient = {
      ...callWith({ firstEventMs: 100 }),
      settings: { ...settings, streams: { ...settings.streams, queueMs: 150 } },
    };
    const late = relayStream(answer(impatient, pieces(20)), 'host', impatient);
    await expect(late).rejects.toMatchObject({ code: 'upstream_first_event_timeout' });

    async function* pieces(comments: number) {
      for (let i = 0; i < comments; i++) {
        yield ': queued\n\n';
        await pause(60);
      }
      yield EVENT + LAST + DONE;
    }
  });

  it('whose first event is cut within the name of its field begins with that event', async () => {
    const call = callWith({ firstEventMs: 250 });
    const relayed = await relayStream(answer(call, pieces()), 'host', call);
    expect(await relayed.text()).toBe(EVENT + LAST + DONE);

    async function* pieces() {
      yield EVENT.slice(0, 2);
      await pause(10);
      yield EVENT.slice(2);
      await pause(500);
      yield LAST + DONE;
    }
  });

  it('that begins with an error cut within the name of its field fails with that error', async () => {
    const call = callWith({});
    const relayed = relayStream(answer(call, pieces()), 'host', call);
    await expect(relayed).rejects.toMatchObject({ message: expect.stringContaining('no GPU is free') });

    async function* pieces() {
      const error = 'data: {"error":{"message":"no GPU is free"}}\n\n';
      yield error.slice(0, 3);
      await pause(10);
      yield error.slice(3) + DONE;
    }
  });

  it('that ends with a transcript longer than what is kept of other streams is complete', async () => {
    const call = callWith({});
    const done = {
      type: 'transcript.text.done',
      text: 'word '.repeat(60_000),
      usage: { input_tokens: 3, output_tokens: 9 },
    };
    const text = `data: {"type":"transcript.text.delta","delta":"word "}\n\ndata: ${JSON.stringify(done)}\n\n`;
    expect(await (await relayStream(answer(call, pieces()), 'host', call)).text()).toBe(text);
    await call.outcome.bodyDone;
    expect(call.outcome).toMatchObject({ tokens: { prompt: 3, completion: 9 } });
    expect(call.outcome.error).toBeUndefined();

    async function* pieces() {
      for (let at = 0; at < text.length; at += 50_000) yield text.slice(at, at + 50_000);
    }
  });

  it('that begins with an endless line is given up', async () => {
    const call = callWith({});
    const endless = answer(call, pieces());
    await expect(relayStream(endless, 'host', call)).rejects.toMatchObject({ code: 'upstream_answer_too_large' });

    async function* pieces() {
      yield 'data: {"id":"';
      for (let i = 0; i < 20; i++) yield 'x'.repeat(1_000_000);
    }
  });

  it('that is not complete within the total limit ends with an error event', async () => {
    const call = callWith({ totalMs: 300 });
    const relayed = await relayStream(answer(call, pieces()), 'host', call);
    expect(await lastEvent(relayed)).toMatchObject({ error: { code: 'upstream_total_timeout' } });

    async function* pieces() {
      yield EVENT;
      await pause(5_000);
    }
  });

  it('whose client leaves before the first byte ends without an internal error', async () => {
    const call = callWith({});
    const relayed = await relayStream(answer(call, pieces()), 'host', call);
    await relayed.body?.cancel();
    await call.outcome.bodyDone;
    expect(call.report.cause).toBeUndefined();

    async function* pieces() {
      yield EVENT;
      await pause(50);
      yield EVENT;
    }
  });

  it('whose client leaves before a cut event ends even if a write fails', async () => {
    const call = callWith({});
    const relayed = await relayStream(answer(call, pieces()), 'host', call);
    const reader = relayed.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await expect(call.outcome.bodyDone).resolves.toBeUndefined();

    async function* pieces() {
      yield EVENT;
      await pause(50);
      // Cut within an event: the text that completes it cannot be written.
      yield EVENT.slice(0, 20);
    }
  });

  it('has its usage reported, however long it is', async () => {
    const call = callWith({});
    const relayed = await relayStream(answer(call, pieces()), 'host', call);
    expect(eventData(await relayed.text())).toHaveLength(2_402);
    await call.outcome.bodyDone;
    expect(call.outcome).toMatchObject({ tokens: { prompt: 3, completion: 9 } });
    expect(call.report).toMatchObject({ finishReason: 'stop' });
    expect(call.outcome.error).toBeUndefined();

    async function* pieces() {
      for (let i = 0; i < 12; i++) {
        yield EVENT.repeat(200);
        await pause(200);
      }
      yield LAST;
      yield DONE;
    }
  });

  it('that is faster than any text model is ended, so that the isolate does not run out of memory', async () => {
    const call = callWith({});
    const relayed = await relayStream(answer(call, pieces()), 'host', call);
    expect(await lastEvent(relayed)).toMatchObject({ error: { code: 'upstream_answer_too_large' } });

    async function* pieces() {
      const much = EVENT.repeat(20_000);
      for (let i = 0; i < 60; i++) {
        yield much;
        await pause(50);
      }
    }
  });
});
