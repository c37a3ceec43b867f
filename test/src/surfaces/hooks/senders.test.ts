import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Hook } from '../../../../src/surfaces/hooks/hook.ts';
import { senderOf } from '../../../../src/surfaces/hooks/senders/all.ts';

/**
 * The examples that the senders themselves publish; of those that publish none, ones that Python's hmac has
 * made.
 */
const EXAMPLES: readonly {
  readonly hook: Pick<Hook, 'sender' | 'hmac'>;
  readonly secret: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** When it was sent, in seconds, if the signature says so. */
  readonly at?: number;
}[] = [
  {
    hook: { sender: 'github' },
    secret: "It's a Secret to Everybody",
    headers: { 'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' },
    body: 'Hello, World!',
  },
  {
    hook: { sender: 'slack' },
    secret: '8f742231b10e8888abcd99yyyzzz85a5',
    headers: {
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
      'x-slack-request-timestamp': '1531420618',
    },
    body: 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
    at: 1_531_420_618,
  },
  {
    hook: { sender: 'standard' },
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    headers: {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,b2xkIHNlY3JldA== v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
    body: '{"test": 2432232314}',
    at: 1_614_265_330,
  },
  {
    hook: { sender: 'standard' },
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    headers: {
      'svix-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'svix-timestamp': '1614265330',
      'svix-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
    body: '{"test": 2432232314}',
    at: 1_614_265_330,
  },
  {
    hook: { sender: 'stripe' },
    secret: 'whsec_stripe_test',
    headers: {
      'stripe-signature':
        't=1700000000,v1=00,v1=6f3356ce5701dd6223636ac876d42e3d64a5c998dc193818a0dba9df61942206,v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39',
    },
    body: '{"id":"evt_1","type":"charge.succeeded"}',
    at: 1_700_000_000,
  },
  {
    hook: { sender: 'huggingface' },
    secret: 'a-secret-of-the-hub',
    headers: { 'x-webhook-secret': 'a-secret-of-the-hub' },
    body: '{"event":{"action":"create","scope":"discussion"}}',
  },
  {
    hook: { sender: 'hmac', hmac: { header: 'x-shopify-hmac-sha256', encoding: 'base64', prefix: '' } },
    secret: 'shop-secret',
    headers: { 'x-shopify-hmac-sha256': 'plW8VGqq0nDMIEhDqaNNW99asdUCy7EIqLZVcQwtAZ0=' },
    body: '{"id":1}',
  },
];

afterEach(() => {
  vi.useRealTimers();
});

const bytesOf = (text: string) => new TextEncoder().encode(text);

describe.each(EXAMPLES)('$hook.sender', ({ hook, secret, headers, body, at }) => {
  const sender = senderOf(hook as Hook);
  const verify = (change: { body?: string; secret?: string; headers?: Record<string, string> } = {}) =>
    sender.verify(
      { headers: new Headers(change.headers ?? headers), bytes: bytesOf(change.body ?? body) },
      change.secret ?? secret,
    );
  const setTime = (seconds: number) => at && vi.useFakeTimers({ now: (at + seconds) * 1000, toFake: ['Date'] });

  it('verifies its published example, until 300 s have passed', async () => {
    setTime(0);
    expect(await verify()).toBe(true);
    setTime(300);
    expect(await verify()).toBe(true);
    for (const seconds of [301, -301]) {
      setTime(seconds);
      if (at) await expect(verify()).rejects.toMatchObject({ code: 'invalid_signature' });
    }
  });

  it('refuses another secret, another body, another signature and none', async () => {
    setTime(1);
    expect(await verify({ secret: `${secret}x` })).toBe(false);
    expect(await verify({ secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx' })).toBe(false);
    // The Hub sends its secret and signs nothing.
    if (hook.sender !== 'huggingface') expect(await verify({ body: `${body} ` })).toBe(false);
    for (const [name, value] of Object.entries(headers)) {
      const { [name]: _, ...without } = headers;
      expect(await verify({ headers: without }).catch(() => false), `without ${name}`).toBe(false);
      const changed = value.replaceAll(/[0-9a-f]/g, (digit) => (digit === '1' ? '2' : '1'));
      expect(await verify({ headers: { ...headers, [name]: changed } }).catch(() => false), name).toBe(false);
      expect(await verify({ headers: { ...headers, [name]: '' } }).catch(() => false), name).toBe(false);
    }
  });
});

describe('the type of an event', () => {
  const read = (sender: Hook['sender'], body: string, headers: Record<string, string> = {}) =>
    senderOf({ sender } as Hook).read({ headers: new Headers(headers), bytes: bytesOf(body) });
  const form = { 'content-type': 'application/x-www-form-urlencoded' };

  it.each([
    ['github', '{"action":"opened"}', { 'x-github-event': 'issues', 'x-github-delivery': 'd' }, 'issues.opened', 'd'],
    ['github', '{"zen":"x"}', { 'x-github-event': 'ping' }, 'ping', undefined],
    [
      'github',
      'payload=%7B%22action%22%3A%22opened%22%7D',
      { 'x-github-event': 'issues', ...form },
      'issues.opened',
      undefined,
    ],
    ['slack', '{"type":"event_callback","event_id":"E","event":{"type":"message"}}', {}, 'message', 'E'],
    [
      'slack',
      '{"type":"event_callback","event":{"type":"message","bot_id":"B"}}',
      {},
      'message.bot_message',
      undefined,
    ],
    ['slack', '{"type":"url_verification","challenge":"c"}', {}, 'url_verification', undefined],
    ['slack', 'command=%2Fx&text=hi&trigger_id=T', form, 'command', 'T'],
    [
      'slack',
      `payload=${encodeURIComponent('{"type":"message_action","trigger_id":"T"}')}`,
      form,
      'message_action',
      'T',
    ],
    ['stripe', '{"id":"evt_1","type":"charge.succeeded"}', {}, 'charge.succeeded', 'evt_1'],
    ['standard', '{"type":"picture.posted"}', { 'webhook-id': 'msg_1' }, 'picture.posted', 'msg_1'],
    ['huggingface', '{"event":{"action":"create","scope":"discussion"}}', {}, 'discussion.create', undefined],
  ] as const)('%s %s', (sender, body, headers, type, id) => {
    expect(read(sender, body, headers as Record<string, string>)).toMatchObject({ type, id });
  });

  it.each(['', '[]', '"x"', '{', 'null'])('is nothing in %j', (body) => {
    expect(() => read('github', body)).toThrow(/body/);
  });
});
