import type { Hook, SenderName } from '../hook.ts';
import { github } from './github.ts';
import { hmacSender } from './hmac-sender.ts';
import { huggingface } from './huggingface.ts';
import type { Sender } from './sender.ts';
import { slack } from './slack.ts';
import { standard } from './standard.ts';
import { stripe } from './stripe.ts';

const SENDERS: Readonly<Record<Exclude<SenderName, 'hmac'>, Sender>> = { github, slack, stripe, standard, huggingface };

export function senderOf({ sender, hmac }: Hook): Sender {
  if (sender !== 'hmac') return SENDERS[sender];
  if (!hmac) throw new Error('A hook with the sender hmac has no scheme.');
  return hmacSender(hmac);
}
