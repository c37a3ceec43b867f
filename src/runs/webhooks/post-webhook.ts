import { type Posted, postPublic } from '../../hosts/upstream/public-post.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Attempt } from './delivery.ts';
import { signedHeaders } from './signature.ts';
import { webhookUrl } from './webhook-url.ts';

const LIMIT_MS = 15_000;
/** What a URL that is no longer allowed gets: nothing more is sent to it. */
const REFUSED: Posted = { status: 410 };

interface Message {
  readonly id: string;
  readonly url: string;
  readonly body: string;
  readonly secrets: readonly string[];
}

/** One attempt. The id is the same every time; the time, and so the signature, is that of the attempt. */
export async function postWebhook(
  { id, url: to, body, secrets }: Message,
  settings: Settings,
): Promise<{ readonly attempt: Attempt; readonly posted: Posted }> {
  const at = Date.now();
  const url = webhookUrl(to, settings);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Cedalion-Webhooks',
    ...(secrets.length > 0 && (await signedHeaders(id, body, secrets))),
  };
  const posted = url ? await postPublic(url, { headers, body, limitMs: LIMIT_MS }) : REFUSED;
  return { attempt: { at, status: url ? posted.status : 0, milliseconds: Date.now() - at }, posted };
}
