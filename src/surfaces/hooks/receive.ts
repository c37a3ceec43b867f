import { digest } from '../../base/bytes/digest.ts';
import { ApiError } from '../../base/errors.ts';
import { splitList } from '../../base/lists.ts';
import { fillTemplate, fillText } from '../../base/templates/fill.ts';
import { type Call, deriveCall } from '../../call/call.ts';
import type { Route } from '../../route.ts';
import { startRun } from '../../runs/start-run.ts';
import { fieldsOf } from './event.ts';
import type { FollowUp } from './follow-up.ts';
import { type Hook, secretName } from './hook.ts';
import { callerOfHook } from './hook-caller.ts';
import { outputOf } from './output.ts';
import { senderOf } from './senders/all.ts';
import type { Delivery, Inbound, Sender } from './senders/sender.ts';
import { responseUrl } from './slack-answer.ts';

/** How long a sender waits for its answer, at most: GitHub gives up after 10 s. */
const WAIT_MS = 9_000;
const MAX_ABOUT_CHARACTERS = 300;
const MAX_ID_CHARACTERS = 255;

interface Received {
  /** The route that the hook asks. */
  readonly route: Route;
  readonly inbound: Inbound;
  /** Of the request. */
  readonly url: string;
}

/**
 * Takes a delivery of a sender: verifies it, and starts the run that the hook describes, once for each
 * delivery.
 *
 * @throws ApiError `hook_not_configured` or `invalid_signature`
 */
export async function receive(hook: Hook, { route, inbound, url }: Received, call: Call): Promise<Response> {
  const sender = senderOf(hook);
  await requireSignature(hook, sender, inbound, call);
  const delivery = sender.read(inbound);
  const isWanted = hook.events === undefined || hook.events.includes(delivery.type);
  const reply = sender.reply?.(delivery, isWanted);
  if (!isWanted) return reply ?? acknowledgement(200, { status: 'ignored', type: delivery.type });
  const key = delivery.id && delivery.id.length <= MAX_ID_CHARACTERS ? delivery.id : await digest(inbound.bytes);
  const answer = await startRun(
    fillTemplate(hook.body, fieldsOf(delivery.event)),
    { key, url, waitMs: hook.to === 'sender' ? WAIT_MS : undefined },
    { route, call: deriveCall(call, { caller: callerOfHook(hook) }), followUp: followUpOf(hook, delivery, key) },
  );
  // The same delivery has come before; with another body only if the hook was changed since.
  const isKnown = answer.headers.has('idempotent-replayed') || answer.status === 422;
  // The sender sees why nothing runs, and can send it again.
  if (answer.status >= 400 && !isKnown) return answer;
  const run = answer.headers.get('x-run-id');
  if (hook.to === 'sender' && answer.ok && answer.status !== 202) {
    return acknowledgement(200, { status: 'completed', run, output: outputOf(await answer.text()) ?? null });
  }
  await answer.body?.cancel();
  return reply ?? acknowledgement(202, { status: 'accepted', run });
}

async function requireSignature(hook: Hook, sender: Sender, inbound: Inbound, { env }: Call): Promise<void> {
  const setting = secretName(hook.name);
  // Several while a secret is rotated.
  const secrets = splitList(String((env as Readonly<Record<string, unknown>>)[setting] ?? ''));
  if (secrets.length === 0) {
    throw new ApiError(
      'hook_not_configured',
      `The hook ${hook.name} has no secret, so every delivery is rejected. Set it with: npx wrangler secret put ${setting}`,
    );
  }
  for (const secret of secrets) if (await sender.verify(inbound, secret)) return;
  throw new ApiError('invalid_signature', `The signature of the delivery does not match the secret in ${setting}.`);
}

function followUpOf(hook: Hook, { event }: Delivery, delivery: string): FollowUp {
  const about = hook.about && fillText(hook.about, fieldsOf(event)).slice(0, MAX_ABOUT_CHARACTERS).toWellFormed();
  const url = hook.to === 'slack' ? responseUrl(event) : undefined;
  return { hook: { hook: hook.name, delivery, ...(about && { about }), ...(url && { responseUrl: url }) } };
}

const acknowledgement = (status: number, fields: object) =>
  Response.json({ object: 'hook.delivery', ...fields }, { status });
