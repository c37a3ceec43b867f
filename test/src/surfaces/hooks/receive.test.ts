import { describe, expect, it } from 'vitest';
import { chatCompletions } from '../../../../routes/chat.ts';
import { classify } from '../../../../routes/classify.ts';
import { hmac } from '../../../../src/base/bytes/hmac.ts';
import type { Hook } from '../../../../src/surfaces/hooks/hook.ts';
import { receive } from '../../../../src/surfaces/hooks/receive.ts';
import { callFor } from '../../../support/call.ts';
import { bindings, ORIGIN, serve } from '../../../support/worker.ts';

/** Hooks that are not shipped: other destinations, other senders. */

const HOOK: Hook = {
  name: 'mine',
  sender: 'hmac',
  hmac: { header: 'x-signature', encoding: 'base64', prefix: 'hmac=', idHeader: 'x-id' },
  route: '/v1/chat/completions',
  body: { model: 'text', messages: [{ role: 'user', content: { $fill: [['text']] } }] },
  to: 'sender',
};

async function deliver(hook: Hook, event: object, route = chatCompletions) {
  const bytes = new TextEncoder().encode(JSON.stringify(event));
  const signature = `hmac=${(await hmac('a-secret', bytes)).toBase64()}`;
  const headers = new Headers({ 'x-signature': signature, 'x-id': crypto.randomUUID() });
  const env = { ...bindings, HOOK_SECRET_MINE: 'a-secret' };
  const call = callFor('text-generation', {}, { env } as never);
  return receive(hook, { route, inbound: { headers, bytes }, url: 'https://cedalion.example.com/v1/hooks/mine' }, call);
}

const chat = (content: string) => () =>
  Response.json({ choices: [{ index: 0, message: { role: 'assistant', content } }] });

describe('a hook that answers its sender', () => {
  it('does so with what the model said, if the run ends in time', async () => {
    serve({ [`${ORIGIN}/v1/`]: chat(' Hello! ') });
    const answer = await deliver(HOOK, { text: 'hi' });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      status: 'completed',
      output: 'Hello!',
      run: expect.stringMatching(/^run_/),
    });
  });

  it('says why its run has failed', async () => {
    serve({ [`${ORIGIN}/v1/`]: () => Response.json({ error: { message: 'no' } }, { status: 400 }) });
    expect((await deliver(HOOK, { text: 'hi' })).status).toBe(400);
    serve({ [`${ORIGIN}/v1/`]: () => new Response('', { status: 429, headers: { 'retry-after': '60' } }) });
    expect((await deliver(HOOK, { text: 'hi' })).status).toBe(429);
  });
});

describe('a hook with limits', () => {
  it('is held to them, all deliveries together', async () => {
    serve({ [`${ORIGIN}/v1/`]: chat('x') });
    const limited = { ...HOOK, limits: { requests_per_day: 2 } };
    const statuses = [];
    // A limit is an error of the request, which the app answers.
    const statusOf = ({ status }: { status: number }) => status;
    for (let i = 0; i < 3; i++) statuses.push(await deliver(limited, { text: 'hi' }).then(statusOf, statusOf));
    expect(statuses).toEqual([200, 200, 429]);
  });
});

describe('a picture in an event', () => {
  it('cannot be at a place that is not public', async () => {
    const { requests } = serve({});
    const body = { model: 'clip', input: { image: { $fill: [['url']] } }, labels: ['cat', 'dog'] };
    const hook: Hook = { ...HOOK, route: '/v1/classify', body };
    for (const url of ['http://127.0.0.1/', 'https://169.254.169.254/latest', 'attach://body']) {
      const answer = await deliver(hook, { url }, classify);
      expect(answer.status).toBe(400);
      expect(((await answer.json()) as { error: { param: string } }).error.param).toBe('input');
    }
    expect(requests).toEqual([]);
  });
});
