import { setTimeout } from 'node:timers/promises';
import OpenAI, { NotFoundError } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_KEY } from '../support/gateway.ts';
import { ask, eventsOf } from './client.ts';
import { type RunsWorker, startRunsWorker } from './worker.ts';

/** Responses that are kept, with OpenAI's own library. */

let worker: RunsWorker;
let client: OpenAI;
beforeAll(async () => {
  worker = await startRunsWorker({ TOKEN_SECRETS: 'a:a-secret-of-at-least-thirty-two-characters' });
  client = clientOf(LOCAL_KEY);
});
afterAll(() => worker?.stop());

const clientOf = (apiKey: string) =>
  new OpenAI({ baseURL: `http://127.0.0.1:${worker.port}/v1`, apiKey, maxRetries: 0 });

/** Asks again until a response has ended. */
async function ended(id: string): Promise<OpenAI.Responses.Response> {
  for (let i = 0; i < 500; i++) {
    const response = await client.responses.retrieve(id);
    if (response.status !== 'queued' && response.status !== 'in_progress') return response;
    await setTimeout(20);
  }
  throw new Error('It does not end.');
}

describe('a response in the background', () => {
  it('is described at once, and answers later', async () => {
    const request = { input: 'hi', instructions: 'Be brief.', metadata: { a: 'b' }, background: true };
    const begun = await client.responses.create({ model: 'openai/whole-200-10', ...request });
    expect(begun).toMatchObject({ background: true, store: true, output: [], instructions: 'Be brief.' });
    expect(['queued', 'in_progress']).toContain(begun.status);
    expect(await client.responses.retrieve(begun.id)).toMatchObject({ status: 'in_progress', metadata: { a: 'b' } });
    const { status, output_text, id, metadata } = await ended(begun.id);
    expect([status, output_text, id, metadata]).toEqual(['completed', 'x'.repeat(10), begun.id, { a: 'b' }]);
    expect(worker.host.calls.at(-1)?.body).not.toMatch(/background|instructions|cedalion/);
  });

  it('is continued while and after it is streamed', async () => {
    const request = { model: 'openai/events-20-20', input: 'hi', background: true, stream: true } as const;
    const all: OpenAI.Responses.ResponseStreamEvent[] = [];
    let id = '';
    for await (const event of await client.responses.create(request)) {
      all.push(event);
      if (event.type === 'response.created') id = event.response.id;
      // The client leaves, and the response goes on.
      if (all.length === 8) break;
    }
    const last = all.at(-1)?.sequence_number ?? 0;
    const rest = await client.responses.retrieve(id, { stream: true, starting_after: last });
    for await (const event of rest) all.push(event);
    expect(all.map(({ sequence_number }) => sequence_number)).toEqual(all.map((_, i) => i));
    expect(all.at(-1)?.type).toBe('response.completed');
    const deltas = all.flatMap((event) => (event.type === 'response.output_text.delta' ? [event.delta] : []));
    expect((await client.responses.retrieve(id)).output_text).toBe(deltas.join(''));
    expect(deltas).toHaveLength(19);
    const again = client.responses.stream({ response_id: id });
    expect((await again.finalResponse()).output_text).toBe(deltas.join(''));
    const none = await client.responses.retrieve(id, { stream: true, starting_after: all.length - 1 });
    for await (const event of none) expect.unreachable(event.type);
  });

  it('can be cancelled, which closes the request to the host', async () => {
    const { id } = await client.responses.create({ model: 'openai/whole-20000-9', input: 'hi', background: true });
    await expect.poll(() => worker.host.calls.at(-1)?.model).toBe('whole-20000-9');
    const call = worker.host.calls.at(-1);
    expect(await client.responses.cancel(id)).toMatchObject({ id, status: 'cancelled', error: null, output: [] });
    await expect.poll(() => call?.closedAt, { timeout: 10_000 }).toBeDefined();
    expect(await client.responses.retrieve(id)).toMatchObject({ status: 'cancelled' });
  });

  it('keeps what a stream had said when it was cancelled', async () => {
    const request = { model: 'openai/events-500-20', input: 'hi', background: true, stream: true } as const;
    const stream = await client.responses.create(request);
    for await (const event of stream) {
      if (event.type !== 'response.output_text.delta') continue;
      const [, id] = /^msg_(.*)_0$/.exec(event.item_id) ?? [];
      const cancelled = await client.responses.cancel(`resp_${id}`);
      expect(cancelled).toMatchObject({ status: 'cancelled', error: null, output: [{ status: 'incomplete' }] });
      break;
    }
  });

  it('fails with the error of its host', async () => {
    const { id } = await client.responses.create({ model: 'openai/status-401', input: 'hi', background: true });
    expect(await ended(id)).toMatchObject({ status: 'failed', error: { code: 'upstream_unauthorized' }, output: [] });
    const cut = await client.responses.create({ model: 'openai/cut-5', input: 'hi', background: true, stream: true });
    let cutId = '';
    const read = async () => {
      for await (const event of cut) if (event.type === 'response.created') cutId = event.response.id;
    };
    await expect(read()).rejects.toThrow('ended the stream before it was complete');
    expect(await ended(cutId)).toMatchObject({
      ...{ status: 'failed', error: { code: 'upstream_stream_cut' } },
      output: [{ status: 'incomplete' }],
    });
    const run = await ask(worker.port, `/v1/runs/${cutId.replace('resp', 'run')}`);
    expect(JSON.parse(run.text)).toMatchObject({ status: 'failed', error: { code: 'upstream_stream_cut' } });
  });

  it('is asked once with an idempotency key, and answers with the same response', async () => {
    const body = { model: 'openai/whole-100-11', input: 'hi', background: true };
    const headers = { 'idempotency-key': 'response' };
    const answers = await Promise.all([0, 1].map(() => ask(worker.port, '/v1/responses', { body, headers })));
    const ids = answers.map(({ text }) => JSON.parse(text).id);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(ids[0]).toMatch(/^resp_k/);
    expect(ids[1]).toBe(ids[0]);
    await ended(ids[0]);
    expect(worker.host.calls.filter(({ model }) => model === 'whole-100-11')).toHaveLength(1);
  });
});

describe('a response with `store`', () => {
  it('is continued while the text before it has the size of a body', async () => {
    const continued = async (words: number) => {
      const request = { model: 'openai/whole-1-5', store: true, input: 'word '.repeat(words) };
      const { id } = await client.responses.create(request);
      return client.responses.create({ ...request, previous_response_id: id, input: 'word' });
    };
    expect(await continued(1_000_000)).toMatchObject({ status: 'completed' });
    const refusal = { status: 413, code: 'body_too_large', param: 'previous_response_id' };
    await expect(continued(1_100_000)).rejects.toMatchObject(refusal);
  });

  it('is kept with its input, until it is deleted', async () => {
    const request = { model: 'openai/whole-1-5', store: true };
    const first = await client.responses.create({ ...request, input: 'one' });
    expect(first).toMatchObject({ store: true, background: false, status: 'completed' });
    expect(await client.responses.retrieve(first.id)).toEqual(first);
    const second = await client.responses.create({ ...request, input: 'two', previous_response_id: first.id });
    expect(second.previous_response_id).toBe(first.id);
    const items: OpenAI.Responses.ResponseItem[] = [];
    for await (const item of client.responses.inputItems.list(second.id, { order: 'asc', limit: 2 })) items.push(item);
    const unknown = client.responses.inputItems.list(second.id, { after: 'in_of_another' });
    await expect(unknown).rejects.toMatchObject({ status: 400, param: 'after' });
    expect(items).toMatchObject([
      { role: 'user', content: [{ type: 'input_text', text: 'one' }] },
      { role: 'assistant', content: [{ type: 'output_text', text: 'xxxxx' }] },
      { role: 'user', content: [{ type: 'input_text', text: 'two' }] },
    ]);
    const runs = async () => (await ask(worker.port, '/v1/runs')).text;
    const run = first.id.replace('resp_', 'run_');
    expect(await runs()).toContain(run);
    await client.responses.delete(first.id);
    expect(await runs()).not.toContain(run);
    await expect(client.responses.retrieve(first.id)).rejects.toBeInstanceOf(NotFoundError);
    // What was said is kept with each response.
    await client.responses.create({ ...request, input: 'three', previous_response_id: second.id });
    const { messages } = JSON.parse(worker.host.calls.at(-1)?.body ?? '');
    expect(messages.map(({ content }: { content: string }) => content)).toEqual([
      'one',
      'xxxxx',
      'two',
      'xxxxx',
      'three',
    ]);
  });

  it('continues from a large picture', async () => {
    const request = { model: 'openai/whole-1-5', store: true };
    const image_url = `data:image/png;base64,${'A'.repeat(3_000_000)}`;
    const content: OpenAI.Responses.ResponseInputContent[] = [{ type: 'input_image', image_url, detail: 'auto' }];
    const first = await client.responses.create({ ...request, input: [{ role: 'user', content }] });
    await client.responses.create({ ...request, input: 'And now?', previous_response_id: first.id });
    for (const { body } of worker.host.calls.slice(-2)) {
      expect(JSON.parse(body).messages[0].content[0].image_url.url === image_url).toBe(true);
    }
    expect(JSON.parse(worker.host.calls.at(-1)?.body ?? '').messages).toHaveLength(3);
  });

  it('can be streamed, and is complete as soon as its last event is here', async () => {
    const stream = client.responses.stream({ model: 'openai/events-10-1', input: 'hi', store: true });
    const { id, output_text } = await stream.finalResponse();
    expect(await client.responses.retrieve(id)).toMatchObject({ status: 'completed', output_text });
  });

  it('is not found by others', async () => {
    const { text } = await ask(worker.port, '/v1/client_secrets', { body: { subject: 'other' } });
    const other = clientOf(JSON.parse(text).value);
    const { id } = await client.responses.create({ model: 'openai/whole-1-5', input: 'hi', store: true });
    const gone = { status: 404, code: 'response_not_found' };
    await expect(other.responses.retrieve(id)).rejects.toMatchObject(gone);
    await expect(other.responses.retrieve(id, { stream: true })).rejects.toMatchObject(gone);
    await expect(other.responses.cancel(id)).rejects.toMatchObject(gone);
    await expect(other.responses.delete(id)).rejects.toMatchObject(gone);
    await expect(other.responses.inputItems.list(id)).rejects.toMatchObject(gone);
    const body = { model: 'openai/whole-1-5', input: 'hi', previous_response_id: id };
    await expect(other.responses.create(body)).rejects.toMatchObject({ ...gone, param: 'previous_response_id' });
    expect(await client.responses.retrieve(id)).toMatchObject({ id });
  });

  it('is no response if it is a run of another route', async () => {
    const body = { model: 'openai/whole-1-5', messages: [{ role: 'user', content: 'hi' }] };
    const { headers } = await ask(worker.port, '/v1/chat/completions', {
      body,
      headers: { 'idempotency-key': 'chat' },
    });
    const id = String(headers['x-run-id']).replace('run_', 'resp_');
    await expect(client.responses.retrieve(id)).rejects.toMatchObject({ code: 'response_not_found' });
    await expect(client.responses.cancel(id)).rejects.toMatchObject({ code: 'response_not_found' });
  });

  it('is not a stream if it was not created as one', async () => {
    const { id } = await client.responses.create({ model: 'openai/whole-1-5', input: 'hi', store: true });
    const refused = client.responses.retrieve(id, { stream: true });
    await expect(refused).rejects.toMatchObject({ code: 'run_not_a_stream', param: 'stream' });
  });
});

describe('a response in the background whose process dies', () => {
  it('is asked again, and answers', async () => {
    const { id } = await client.responses.create({ model: 'openai/whole-1500-13', input: 'hi', background: true });
    const calls = () => worker.host.calls.filter(({ model }) => model === 'whole-1500-13').length;
    await expect.poll(calls).toBe(1);
    await worker.restart();
    client = clientOf(LOCAL_KEY);
    expect(await ended(id)).toMatchObject({ id, status: 'completed', output_text: 'x'.repeat(13) });
    expect(calls()).toBe(2);
  });
});

describe('a response that is not kept', () => {
  it('closes the request to the host when its client leaves', async () => {
    const body = { model: 'openai/events-500-21', input: 'hi', stream: true };
    const leave = (text: string) => eventsOf(text).length >= 6;
    await ask(worker.port, '/v1/responses', { body, leave });
    const call = worker.host.calls.find(({ model }) => model === 'events-500-21');
    await expect.poll(() => call?.closedAt, { timeout: 10_000 }).toBeDefined();
    expect(call?.sent).toBeLessThan(100);
  });
});
