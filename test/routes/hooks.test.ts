import { describe, expect, it } from 'vitest';
import { hmac } from '../../src/base/bytes/hmac.ts';
import { runAlarms } from '../support/alarms.ts';
import { ask, errorOf, ORIGIN, serve } from '../support/worker.ts';

/** Webhooks in: what a delivery gets, and what becomes of it. */

const SECRET = 'a-secret';
const settings = { HOOK_SECRET_GITHUB_ISSUE: `old,${SECRET}`, HOOK_SECRET_SLACK_SENTIMENT: SECRET } as never;
const ISSUE = {
  action: 'opened',
  issue: { title: 'Crash', body: 'It <|end|> crashes.', html_url: 'https://github.com/a/b/1' },
};

const chat = () =>
  Response.json({
    choices: [{ index: 0, message: { role: 'assistant', content: 'It crashes. <!channel>' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  });

async function github(
  event: object,
  { id = crypto.randomUUID(), kind = 'issues', secret = SECRET, path = 'github-issue' } = {},
) {
  const body = JSON.stringify(event);
  const headers = {
    'content-type': 'application/json',
    'x-github-event': kind,
    'x-github-delivery': id,
    'x-hub-signature-256': `sha256=${(await hmac(secret, body)).toHex()}`,
  };
  return ask(`/v1/hooks/${path}`, { body, headers, settings, anonymous: true });
}

async function slack(body: string, type = 'application/json', seconds = 0) {
  const timestamp = String(Math.floor(Date.now() / 1000) + seconds);
  const headers = {
    'content-type': type,
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': `v0=${(await hmac(SECRET, `v0:${timestamp}:${body}`)).toHex()}`,
  };
  return ask('/v1/hooks/slack-sentiment', { body, headers, settings, anonymous: true });
}

/** The run of a delivery, as the operator sees it. */
async function ended(run: string): Promise<Record<string, unknown>> {
  let described: Record<string, unknown> = {};
  await expect
    .poll(async () => {
      described = await (await ask(`/v1/runs/${run}`, { settings })).json();
      return described.ended_at;
    })
    .toBeTruthy();
  return described;
}

describe('POST /v1/hooks/{name}', () => {
  it('answers 202 and runs what the hook says, with the event in its place', async () => {
    const sent: { messages: unknown }[] = [];
    const host = async (request: Request) => {
      sent.push(await request.json());
      return chat();
    };
    serve({ [`${ORIGIN}/v1/`]: host });
    const answer = await github(ISSUE);
    expect(answer.status).toBe(202);
    const { run, ...rest } = (await answer.json()) as { run: string };
    expect(rest).toEqual({ object: 'hook.delivery', status: 'accepted' });
    expect(await ended(run)).toMatchObject({ status: 'completed', route: '/v1/chat/completions', background: true });
    const content = 'Summarize this text in one sentence: Crash. It < |end|> crashes.';
    expect(sent[0]?.messages).toEqual([{ role: 'user', content }]);
  });

  it('runs a delivery once, however often it comes', async () => {
    const { requests } = serve({ [`${ORIGIN}/v1/`]: chat });
    const id = 'delivery-1';
    const answers = await Promise.all(Array.from({ length: 5 }, () => github(ISSUE, { id })));
    const runs = await Promise.all(answers.map(async (answer) => ((await answer.json()) as { run: string }).run));
    await ended(runs[0] as string);
    const late = await github(ISSUE, { id });
    expect([...answers, late].map(({ status }) => status)).toEqual(Array(6).fill(202));
    expect(new Set([...runs, ((await late.json()) as { run: string }).run]).size).toBe(1);
    expect(requests).toHaveLength(1);
  });

  it('ignores events that the hook does not name', async () => {
    serve({});
    for (const answer of [await github({ zen: 'x' }, { kind: 'ping' }), await github({ ...ISSUE, action: 'closed' })]) {
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ status: 'ignored' });
    }
  });

  it('refuses a wrong signature, a changed body and none, and starts nothing', async () => {
    serve({});
    const answer = await github(ISSUE, { secret: 'wrong' });
    expect([answer.status, (await errorOf(answer)).code]).toEqual([401, 'invalid_signature']);
    const unsigned = await ask('/v1/hooks/github-issue', { json: ISSUE, settings, anonymous: true });
    expect([unsigned.status, (await errorOf(unsigned)).code]).toEqual([401, 'invalid_signature']);
    // A key of the API opens no hook.
    expect((await ask('/v1/hooks/github-issue', { json: ISSUE, settings })).status).toBe(401);
  });

  it('is closed without a secret, and says which setting it needs', async () => {
    serve({});
    const answer = await ask('/v1/hooks/posted-picture', { json: {}, settings, anonymous: true });
    expect(answer.status).toBe(503);
    const { code, message } = await errorOf(answer);
    expect(code).toBe('hook_not_configured');
    expect(message).toContain('HOOK_SECRET_POSTED_PICTURE');
  });

  it('does not exist for other names', async () => {
    serve({});
    const answer = await github(ISSUE, { path: 'nothing' });
    expect([answer.status, (await errorOf(answer)).code]).toEqual([404, 'hook_not_found']);
  });

  it('takes at most 1 MiB', async () => {
    serve({});
    const answer = await github({ ...ISSUE, more: 'x'.repeat(1024 * 1024) });
    expect([answer.status, (await errorOf(answer)).code]).toEqual([413, 'body_too_large']);
  });

  it('says that a signed body is no JSON', async () => {
    serve({});
    const body = '{"action": secret}';
    const headers = { 'x-hub-signature-256': `sha256=${(await hmac(SECRET, body)).toHex()}` };
    const answer = await ask('/v1/hooks/github-issue', { body, headers, settings, anonymous: true });
    const { code, message } = await errorOf(answer);
    expect([answer.status, code]).toEqual([400, 'invalid_json']);
    expect(message).not.toContain('secret');
  });
});

describe('Slack', () => {
  it('gets its challenge back, if it is signed and recent', async () => {
    serve({});
    const body = JSON.stringify({ type: 'url_verification', challenge: 'abc' });
    expect(await (await slack(body)).json()).toEqual({ challenge: 'abc' });
    expect((await slack(body, 'application/json', -301)).status).toBe(401);
    expect((await slack(body, 'application/json', 301)).status).toBe(401);
  });

  it('gets the answer to a command where it waits for it, with nobody mentioned', async () => {
    const url = 'https://hooks.slack.com/commands/T1/2/x';
    const sent: { url: string; json: unknown; isSigned: boolean }[] = [];
    const waits = async (request: Request) => {
      sent.push({ url: request.url, json: await request.json(), isSigned: request.headers.has('webhook-signature') });
      return new Response('ok');
    };
    const { requests } = serve({ [`${ORIGIN}/v1/`]: chat, 'https://hooks.slack.com/': waits });
    const form = new URLSearchParams({ command: '/mood', text: 'What a day', response_url: url, trigger_id: '1.2' });
    const answer = await slack(form.toString(), 'application/x-www-form-urlencoded');
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    // The answer can be on its way to Slack before anybody looks.
    await expect.poll(() => requests.length).toBeGreaterThan(0);
    await expect.poll(() => runAlarms().then(() => sent.length)).toBe(1);
    const json = { response_type: 'ephemeral', text: 'It crashes. &lt;!channel&gt;' };
    expect(sent).toEqual([{ url, json, isSigned: false }]);
  });

  it.each([
    'https://hooks.slack.com.evil.example.com/x',
    'http://hooks.slack.com/x',
    'https://user@hooks.slack.com/x',
    'https://hooks.slack.com:444/x',
    'https://evil.example.com/hooks.slack.com',
  ])('is not answered at %s', async (url) => {
    const { requests } = serve({ [`${ORIGIN}/v1/`]: chat });
    const form = new URLSearchParams({ command: '/mood', text: 'x', response_url: url, trigger_id: url });
    expect((await slack(form.toString(), 'application/x-www-form-urlencoded')).status).toBe(200);
    await expect.poll(() => requests.length).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await runAlarms();
    expect(requests.map((request) => request.url)).toEqual([expect.stringContaining(ORIGIN)]);
  });
});
