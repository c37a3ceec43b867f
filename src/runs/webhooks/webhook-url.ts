import { ApiError } from '../../base/errors.ts';
import { checkUrl } from '../../hosts/upstream/public-url.ts';
import type { Settings } from '../../settings/settings.ts';

/** Where a webhook may be sent: https, at a public name; this machine if a setting says so. */
export function webhookUrl(text: string, { webhooks }: Settings): URL | undefined {
  const url = checkUrl(text);
  if (url || !webhooks.toLoopback) return url;
  const local = URL.parse(text);
  return local?.protocol === 'http:' && /^(localhost|127\.0\.0\.1)$/.test(local.hostname) ? local : undefined;
}

/** @throws ApiError `webhook_url_refused` */
export function requireWebhookUrl(text: string, param: string, settings: Settings): void {
  if (webhookUrl(text, settings)) return;
  throw new ApiError(
    'webhook_url_refused',
    `\`${param}\` must be an https URL on the default port, at a public host name, without user name and password.`,
    { param },
  );
}
