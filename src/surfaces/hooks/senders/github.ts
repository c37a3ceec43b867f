import { hmac, isEqual } from '../../../base/bytes/hmac.ts';
import { objectIn, type Sender, textAt, textOf } from './sender.ts';

/**
 * GitHub. The type is its event and action, such as `issues.opened`.
 * Source: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 */
export const github: Sender = {
  async verify({ headers, bytes }, secret) {
    const expected = `sha256=${(await hmac(secret, bytes)).toHex()}`;
    return isEqual(headers.get('x-hub-signature-256') ?? '', expected);
  },
  read(inbound) {
    const { headers } = inbound;
    const isForm = headers.get('content-type')?.startsWith('application/x-www-form-urlencoded');
    const text = textOf(inbound);
    const event = objectIn(isForm ? (new URLSearchParams(text).get('payload') ?? '') : text);
    const type = [headers.get('x-github-event') ?? '', textAt(event.action)].filter((part) => part !== '').join('.');
    return { id: headers.get('x-github-delivery') ?? undefined, type, event };
  },
};
