import { setTimeout } from 'node:timers/promises';
import type { RealHost } from './hosts.ts';

/** What a real host does beside answering: it loads, it is slow, and it is killed. */

export interface Through {
  /** Of the gateway, up to `/v1`. */
  readonly url: string;
  readonly key: string;
}

/** Seconds of silence after which the gateway of these checks keeps a stream alive. */
export const KEEPALIVE_SECONDS = '1';

const MESSAGES = [{ role: 'user', content: 'Tell me everything.' }];

function ask({ url, key }: Through, more: object): Promise<Response> {
  return fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'openai/tiny', messages: MESSAGES, temperature: 0, ...more }),
    signal: AbortSignal.timeout(60_000),
  });
}

/** The host answers 503 while it loads its model: the gateway waits, and the client sees nothing of it. */
export async function whileLoading(through: Through): Promise<string | undefined> {
  const answer = await ask(through, { max_tokens: 4 });
  const text = await answer.text();
  return answer.status === 200 ? undefined : `status ${answer.status}: ${text}`;
}

/** The host reads a long prompt, or is paused: as long as it says nothing, the gateway does. */
export async function whileSlow(host: RealHost, through: Through): Promise<string | undefined> {
  const answer = await ask(through, { stream: true, max_tokens: 1_500, ignore_eos: true });
  host.signal('SIGSTOP');
  const text = answer.text();
  await setTimeout(3_500);
  host.signal('SIGCONT');
  const all = await text;
  const comments = all.match(/^: keepalive/gm)?.length ?? 0;
  if (comments < 2) return `${comments} comments in 3.5 s of silence`;
  return all.trimEnd().endsWith('data: [DONE]') ? undefined : `it ends with ${all.slice(-200)}`;
}

/** The host is killed in the middle of a stream: the client gets an error, and no end. */
export async function whenKilled(host: RealHost, through: Through): Promise<string | undefined> {
  const answer = await ask(through, { stream: true, max_tokens: 1_500, ignore_eos: true });
  host.signal('SIGKILL');
  const all = await answer.text();
  if (all.includes('[DONE]')) return 'it ends as if it were complete';
  return all.includes('"code":"upstream_stream_cut"') ? undefined : `it ends with ${all.slice(-200)}`;
}
