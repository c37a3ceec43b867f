import { isEqual } from '../../../base/bytes/hmac.ts';
import type { Event } from '../event.ts';
import { objectIn, type Sender, textAt, textOf } from './sender.ts';

/**
 * The Hugging Face Hub sends the secret itself, and no id. The type is scope and action, such as
 * `discussion.create`. Source: https://huggingface.co/docs/hub/webhooks
 */
export const huggingface: Sender = {
  verify: async ({ headers }, secret) => isEqual(headers.get('x-webhook-secret') ?? '', secret),
  read(inbound) {
    const event = objectIn(textOf(inbound));
    const { scope, action } = (event.event ?? {}) as Event;
    return { id: undefined, type: `${textAt(scope)}.${textAt(action)}`, event };
  },
};
