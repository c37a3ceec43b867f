import type { Settings } from '../settings/settings.ts';
import type { Caller } from './caller.ts';

/**
 * Limits what comes from one IP address with client tokens, or with App Check: whoever can get many tokens
 * still has few addresses. Keys are held by servers, whose address is that of all their users.
 */
export function withIpLimit(caller: Caller, headers: Headers, { ipRequestsPerMinute }: Settings): Caller {
  if ((caller.kind !== 'token' && caller.kind !== 'app') || ipRequestsPerMinute === 0) return caller;
  const address = headers.get('cf-connecting-ip');
  if (!address) return caller;
  const ip = { name: `ip:${network(address)}`, limits: { requests_per_minute: ipRequestsPerMinute } };
  // First: what one address sends too much of uses up nothing of a key, which has other users.
  return { ...caller, limited: [ip, ...caller.limited] };
}

/** An IPv6 customer has a whole /64, so its addresses count as one. */
export function network(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const groups = head.split(':').filter((group) => group !== '');
  if (tail !== undefined) {
    const rest = tail.split(':').filter((group) => group !== '');
    while (groups.length + rest.length < 8) groups.push('0');
    groups.push(...rest);
  }
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
