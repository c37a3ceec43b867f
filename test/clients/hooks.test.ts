import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { Webhook as Svix } from 'svix';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Receiver, startReceiver } from '../runs/receiver.ts';
import { type Gateway, LOCAL_KEY } from '../support/gateway.ts';
import { startStack } from '../support/stack.ts';

/**
 * The hooks that are shipped, on the tiny models: from a signed delivery to the webhook with what the model
 * said.
 */

const SECRET = 'a-secret';
const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
let stack: Gateway;
let receiver: Receiver;
let signingSecret: string;
beforeAll(async () => {
  receiver = await startReceiver();
  stack = await startStack({
    WEBHOOK_LOOPBACK: 'true',
    HOOK_SECRET_GITHUB_ISSUE: SECRET,
    HOOK_SECRET_SLACK_SENTIMENT: SECRET,
    HOOK_SECRET_POSTED_PICTURE: WEBHOOK_SECRET,
  });
  const created = await fetch(`${stack.url}/v1/webhook_endpoints`, {
    method: 'POST',
    headers: { authorization: `Bearer ${LOCAL_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ url: `${receiver.url}/results` }),
  });
  signingSecret = ((await created.json()) as { signing_secret: string }).signing_secret;
});
afterAll(async () => {
  await stack?.stop();
  await receiver?.stop();
});

const sign = (secret: string, text: string) => createHmac('sha256', secret).update(text).digest('hex');

/** Sends a delivery. @returns what the webhook says about it */
async function deliver(hook: string, body: string, headers: Record<string, string>): Promise<Record<string, unknown>> {
  const answer = await fetch(`${stack.url}/v1/hooks/${hook}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  expect(answer.status, await answer.clone().text()).toBe(202);
  const { run } = (await answer.json()) as { run: string };
  let data: Record<string, unknown> | undefined;
  const find = () => {
    for (const { body, headers } of receiver.received) {
      const event = new Webhook(signingSecret).verify(body, headers) as { data: Record<string, unknown> };
      if (event.data.id === run) data = event.data;
    }
    return data;
  };
  await expect.poll(find, { timeout: 20_000 }).toBeTruthy();
  return data ?? {};
}

describe('a hook that is shipped', () => {
  it('summarizes an issue of GitHub', async () => {
    const issue = {
      title: 'The printer is broken',
      body: 'The team met on Monday. They discussed the printer. Anna will write the report.',
      html_url: 'https://github.com/a/b/issues/1',
    };
    const body = JSON.stringify({ action: 'opened', issue });
    const data = await deliver('github-issue', body, {
      'x-github-event': 'issues',
      'x-github-delivery': 'delivery-1',
      'x-hub-signature-256': `sha256=${sign(SECRET, body)}`,
    });
    expect(data).toMatchObject({ hook: 'github-issue', delivery: 'delivery-1', about: issue.html_url });
    console.info(`summary: ${data.output}`);
    expect(data.output).toMatch(/printer|Anna/);
  });

  it.each([
    ['The new release is wonderful, I love it!', 'positive'],
    ['This update is terrible and the app is broken.', 'negative'],
  ])('says of a message on Slack, "%s", that it is %s', async (text, expected) => {
    const event = { type: 'message', channel: 'C1', text };
    const body = JSON.stringify({ type: 'event_callback', event_id: expected, event });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const data = await deliver('slack-sentiment', body, {
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${sign(SECRET, `v0:${timestamp}:${body}`)}`,
    });
    expect(data).toMatchObject({ about: 'C1', delivery: expected });
    expect(String(data.output).toLowerCase()).toContain(expected);
  });

  it.each(['cat', 'boat'])('says that a picture shows a %s', async (name) => {
    const png = readFileSync(join(import.meta.dirname, `../fixtures/pictures/${name}.png`));
    const picture = `data:image/png;base64,${png.toString('base64')}`;
    const body = JSON.stringify({ type: 'picture.posted', data: { id: 'p1', picture } });
    const now = new Date();
    const data = await deliver('posted-picture', body, {
      'webhook-id': `msg_${name}`,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(WEBHOOK_SECRET).sign(`msg_${name}`, now, body),
    });
    expect(data).toMatchObject({ about: 'p1', output: name });
  });

  it('reads a delivery with the headers of Svix, whose library verifies the webhook that follows', async () => {
    const picture = readFileSync(join(import.meta.dirname, '../fixtures/pictures/cat.png')).toString('base64');
    const body = JSON.stringify({ type: 'picture.posted', data: { id: 'p2', picture } });
    const now = new Date();
    const data = await deliver('posted-picture', body, {
      'svix-id': 'msg_svix',
      'svix-timestamp': String(Math.floor(now.getTime() / 1000)),
      'svix-signature': new Svix(WEBHOOK_SECRET).sign('msg_svix', now, body),
    });
    expect(data).toMatchObject({ about: 'p2', output: 'cat', delivery: 'msg_svix' });
    const sent = receiver.received.find(({ body }) => body.includes('msg_svix'));
    expect(() => new Svix(signingSecret).verify(sent?.body ?? '', sent?.headers ?? {})).not.toThrow();
    expect(() => new Svix(signingSecret).verify(`${sent?.body} `, sent?.headers ?? {})).toThrow();
  });
});
