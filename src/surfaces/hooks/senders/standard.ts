import { isEqual } from '../../../base/bytes/hmac.ts';
import { readSecret, signature } from '../../../runs/webhooks/signature.ts';
import { objectIn, requireRecent, type Sender, textAt, textOf } from './sender.ts';

/** Svix names the headers after itself, as it did before the standard. */
function headerOf(headers: Headers, name: string): string | undefined {
  const prefix = headers.has('webhook-id') ? 'webhook' : 'svix';
  return headers.get(`${prefix}-${name}`) ?? undefined;
}

/**
 * Whoever follows Standard Webhooks: OpenAI, Svix, Supabase, Replicate, another Cedalion. Source:
 * webhooks/signature.ts
 */
export const standard: Sender = {
  async verify({ headers, bytes }, secret) {
    const timestamp = headerOf(headers, 'timestamp') ?? '';
    requireRecent(timestamp);
    const key = readSecret(secret.startsWith('whsec_') ? secret : `whsec_${secret}`);
    if (!key) return false;
    const expected = await signature({ id: headerOf(headers, 'id') ?? '', timestamp, body: bytes }, key);
    return (headerOf(headers, 'signature') ?? '').split(' ').some((given) => isEqual(given, expected));
  },
  read(inbound) {
    const event = objectIn(textOf(inbound));
    return { id: headerOf(inbound.headers, 'id'), type: textAt(event.type), event };
  },
};
