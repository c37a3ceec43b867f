import { type Caller, OPERATOR } from './access/caller.ts';
import { mayReach } from './access/permissions.ts';
import { digest } from './base/bytes/digest.ts';
import { ApiError } from './base/errors.ts';
import type { RunRecord } from './runs/run-record.ts';
import type { OneOffTarget } from './runs/webhooks/delivery.ts';
import type { EventType, WebhookEvent } from './runs/webhooks/event.ts';
import { readSecret } from './runs/webhooks/signature.ts';
import { requireWebhookUrl } from './runs/webhooks/webhook-url.ts';
import { webhooksOf } from './runs/webhooks/webhooks-of.ts';
import type { Env, Settings } from './settings/settings.ts';
import type { FollowUp, StartedBy } from './surfaces/hooks/follow-up.ts';
import { outputOf } from './surfaces/hooks/output.ts';
import { slackAnswer } from './surfaces/hooks/slack-answer.ts';

const URL_HEADER = 'X-Cedalion-Webhook';
const SECRET_HEADER = 'X-Cedalion-Webhook-Secret';

/**
 * The follow-up that a request asks for with `X-Cedalion-Webhook` (a URL) and `X-Cedalion-Webhook-Secret`.
 *
 * @throws ApiError `scope_missing` for client tokens, `webhook_url_refused` or `invalid_parameter`
 */
export function readFollowUp(
  headers: Headers,
  { caller, settings }: { caller: Caller; settings: Settings },
): FollowUp | undefined {
  const url = headers.get(URL_HEADER);
  if (url === null) return undefined;
  if (!mayReach(caller, 'key')) {
    throw new ApiError('scope_missing', `\`${URL_HEADER}\` requires an API key; a client token is not enough.`, {
      param: URL_HEADER,
    });
  }
  requireWebhookUrl(url, URL_HEADER, settings);
  const secret = headers.get(SECRET_HEADER) ?? '';
  if (readSecret(secret)) return { webhook: { url, secret } };
  throw new ApiError(
    'invalid_parameter',
    `\`${SECRET_HEADER}\` must be whsec_ and the base64 of 24 to 64 random bytes, with which the webhook is signed.`,
    { param: SECRET_HEADER },
  );
}

/**
 * Sends the webhooks of a run in the background that has ended. When this resolves they are stored, and will
 * be delivered. It may be called again for the same run.
 *
 * @param answer reads the body of its answer
 */
export async function announceRunEnd(run: RunRecord, answer: () => string, env: Env): Promise<void> {
  const { webhook, hook } = (run.followUp ?? {}) as FollowUp;
  const output = hook && run.status === 'completed' ? outputOf(answer()) : undefined;
  const event = await eventOf(run, hook, output);
  const oneOff = webhook ?? (hook?.responseUrl ? slackTarget(hook.responseUrl, run, output) : undefined);
  // What hooks run is the operator's.
  const webhooks = webhooksOf(hook ? OPERATOR : run.caller, env);
  // Slack hears of it where it waits, and nobody else.
  const dropped = await webhooks.announce(event, { oneOff, skipsEndpoints: hook?.responseUrl !== undefined });
  if (dropped > 0) console.log(JSON.stringify({ level: 'warn', run: run.id, dropped_webhooks: dropped }));
}

async function eventOf(run: RunRecord, hook: StartedBy | undefined, output?: string): Promise<WebhookEvent> {
  const { id, origin, status, createdAt, endedAt = Date.now(), error, caller } = run;
  const data = {
    id,
    url: `${origin}/v1/runs/${id}`,
    // Whose run it was, as the answer with the client token said.
    ...(caller.kind === 'token' && { subject: caller.id.slice(caller.id.indexOf('/') + 1) }),
    ...(error && { error: { code: error.code } }),
    ...(hook && { hook: hook.hook, delivery: hook.delivery, about: hook.about ?? null, output: output ?? null }),
  };
  const type = `run.${status}` as EventType;
  // With its time: when a run has expired, its key and so its id are free, while its deliveries are still
  // stored.
  return { id: `evt_${(await digest(`${id} ${createdAt}`)).slice(0, 32)}`, type, createdAt: endedAt, data };
}

function slackTarget(url: string, { error }: RunRecord, output: string | undefined): OneOffTarget {
  const text = output ?? `There is no answer (${error?.code ?? 'no text'}).`;
  return { url, body: slackAnswer(text) };
}
