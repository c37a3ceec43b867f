import { isEqual } from '../../../base/bytes/hmac.ts';
import { readSecret, signature } from '../../../runs/webhooks/signature.ts';
import { objectIn, requireRecent, type Sender, textAt, textOf } from './sender.ts';

/** Whoever follows Standard Webhooks: OpenAI, Svix, Supabase, Replicate, another Cedalion. Source: webhooks/signature.ts */
export const standard: Sender = {
  async verify({ headers, bytes }, secret) {
    const timestamp = headers.get('webhook-timestamp') ?? '';
    requireRecent(timestamp);
    const key = readSecret(secret.startsWith('whsec_') ? secret : `whsec_${secret}`);
    if (!key) return false;
    const expected = await signature(headers.get('webhook-id') ?? '', timestamp, bytes, key);
    return (headers.get('webhook-signature') ?? '').split(' ').some((given) => isEqual(given, expected));
  },
  read(inbound) {
    const event = objectIn(textOf(inbound));
    return { id: inbound.headers.get('webhook-id') ?? undefined, type: textAt(event.type), event };
  },
};
