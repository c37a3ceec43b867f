import { hmac, isEqual } from '../../../base/bytes/hmac.ts';
import type { Event } from '../event.ts';
import { type Delivery, type Inbound, objectIn, requireRecent, type Sender, textAt, textOf } from './sender.ts';

/**
 * Slack. Events are JSON: the type is that of the event, such as `message` or `message.bot_message`. Slash
 * commands (`command`) and interactions such as message shortcuts (`message_action`) are forms. Source:
 * https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export const slack: Sender = {
  async verify({ headers, bytes }, secret) {
    const timestamp = headers.get('x-slack-request-timestamp') ?? '';
    requireRecent(timestamp);
    const expected = `v0=${(await hmac(secret, `v0:${timestamp}:`, bytes)).toHex()}`;
    return isEqual(headers.get('x-slack-signature') ?? '', expected);
  },
  read(inbound) {
    return isForm(inbound) ? readForm(new URLSearchParams(textOf(inbound))) : readEvent(objectIn(textOf(inbound)));
  },
  reply({ type, event }, isAccepted) {
    if (type === 'url_verification') return Response.json({ challenge: textAt(event.challenge) });
    // What a user has asked for is only acknowledged by 200. An empty body shows nothing.
    return isAccepted && !('event_id' in event) ? new Response(null, { status: 200 }) : undefined;
  },
};

function isForm({ headers }: Inbound): boolean {
  return /^application\/x-www-form-urlencoded/i.test(headers.get('content-type') ?? '');
}

function readForm(form: URLSearchParams): Delivery {
  const payload = form.get('payload');
  const event = payload === null ? Object.fromEntries(form) : objectIn(payload);
  return { id: idOf(event.trigger_id), type: payload === null ? 'command' : textAt(event.type), event };
}

function readEvent(event: Event): Delivery {
  if (event.type !== 'event_callback') return { id: undefined, type: textAt(event.type), event };
  const inner = (event.event ?? {}) as Event;
  // Messages of bots have a subtype or a bot id: a bot must not answer itself.
  const subtype = textAt(inner.subtype) || (inner.bot_id === undefined ? '' : 'bot_message');
  const type = [textAt(inner.type), subtype].filter((part) => part !== '').join('.');
  return { id: idOf(event.event_id), type, event };
}

const idOf = (value: unknown) => textAt(value) || undefined;
