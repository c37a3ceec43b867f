/**
 * Why the network could not reach a host: for the log, not for callers, who could map the operator's network
 * with it.
 *
 * Deployed, Cloudflare answers for a host that it cannot reach, with a status of its own. Source:
 * https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/
 */
const STATUSES: Readonly<Record<number, string>> = {
  521: 'refused',
  522: 'timeout',
  523: 'unreachable',
  524: 'timeout',
  525: 'tls',
  526: 'tls',
  530: 'dns',
};

/**
 * @param cause what a failure was caused by: an error of `fetch`, or the status of the answer
 * @returns undefined if the host itself has answered
 */
export function whyUnreachable(cause: unknown): string | undefined {
  if (typeof cause === 'number') return STATUSES[cause];
  if (!(cause instanceof Error)) return undefined;
  // workerd says no more of a connection that was refused, reset or closed without an answer.
  if (/^Network connection lost/.test(cause.message)) return 'refused_or_closed';
  // It writes why to its own error output only, beside the same reference: npm start shows that line.
  const reference = /^internal error; reference = (\w+)/.exec(cause.message)?.[1];
  return reference ? `dns_or_tls (${reference})` : cause.name;
}
