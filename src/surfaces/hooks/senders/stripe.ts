import { hmac, isEqual } from '../../../base/bytes/hmac.ts';
import { objectIn, requireRecent, type Sender, textAt, textOf } from './sender.ts';

/**
 * Stripe: `Stripe-Signature: t=<seconds>,v1=<hex>`, with one `v1` for each secret while a secret is rotated.
 * Source: https://docs.stripe.com/webhooks#verify-manually
 */
export const stripe: Sender = {
  async verify({ headers, bytes }, secret) {
    const fields = (headers.get('stripe-signature') ?? '').split(',').map((field) => field.trim().split('='));
    const timestamp = fields.find(([name]) => name === 't')?.[1] ?? '';
    requireRecent(timestamp);
    const expected = (await hmac(secret, `${timestamp}.`, bytes)).toHex();
    return fields.some(([name, value = '']) => name === 'v1' && isEqual(value, expected));
  },
  read(inbound) {
    const event = objectIn(textOf(inbound));
    return { id: textAt(event.id) || undefined, type: textAt(event.type), event };
  },
};
