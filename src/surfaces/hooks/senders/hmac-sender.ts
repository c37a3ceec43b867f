import { hmac, isEqual } from '../../../base/bytes/hmac.ts';
import type { HmacScheme } from '../hook.ts';
import { objectIn, type Sender, textAt, textOf } from './sender.ts';

/** Any other sender whose signature is an HMAC-SHA-256 of the body. */
export function hmacSender({ header, encoding, prefix, idHeader }: HmacScheme): Sender {
  return {
    async verify({ headers, bytes }, secret) {
      const digest = await hmac(secret, bytes);
      return isEqual(headers.get(header) ?? '', prefix + (encoding === 'hex' ? digest.toHex() : digest.toBase64()));
    },
    read(inbound) {
      const event = objectIn(textOf(inbound));
      const id = idHeader === undefined ? undefined : (inbound.headers.get(idHeader) ?? undefined);
      return { id, type: textAt(event.type) || textAt(event.event), event };
    },
  };
}
