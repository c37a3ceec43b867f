import { createServer } from 'node:http';
import { LOCAL_KEY } from '../test/support/gateway.ts';
import { listen } from '../test/support/stack.ts';

/** What must be there before an example works. */
export type Need = 'classifier' | 'endpoint' | 'receiver' | 'delivery';

export const HOOK_SECRET = 'secret-of-the-example';
/** Settings with which the examples work. */
export const EXAMPLE_SETTINGS = {
  WEBHOOK_LOOPBACK: 'true',
  HOOK_SECRET_GITHUB_ISSUE: HOOK_SECRET,
  CLASSIFIER_SOURCES: 'store',
};

export const EXAMPLE_CLASSIFIER = {
  name: 'fruit',
  model: 'clip',
  examples: [
    { input: 'a ripe banana', label: 'fruit' },
    { input: 'an apple from the garden', label: 'fruit' },
    { input: 'a boat on the sea', label: 'vehicle' },
    { input: 'a red car', label: 'vehicle' },
  ],
};

export interface Prepared {
  /** The path with its places filled. */
  readonly path: string;
  stop(): Promise<void>;
}

export async function prepare(url: string, path: string, need: Need | undefined): Promise<Prepared> {
  if (!need) return { path, stop: async () => {} };
  const post = async (path: string, body: object) => {
    const headers = { authorization: `Bearer ${LOCAL_KEY}`, 'content-type': 'application/json' };
    return (await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })).json();
  };
  if (need === 'classifier') {
    const { id } = (await post('/v1/classifiers', EXAMPLE_CLASSIFIER)) as { id: string };
    return { path: path.replace('{id}', id), stop: async () => {} };
  }
  // A webhook endpoint with a delivery. A receiver answers behind it until `stop`, except where its URL is
  // shown.
  const receiver = await listen(createServer((_, response) => response.writeHead(204).end()));
  const list = async (path: string) => {
    const answer = await fetch(url + path, { headers: { authorization: `Bearer ${LOCAL_KEY}` } });
    return ((await answer.json()) as { data: { id: string }[] }).data;
  };
  // One for all examples: an account can have ten.
  const root = '/v1/webhook_endpoints';
  const [known] = await list(root);
  const { id } = known ?? ((await post(root, { url: receiver.url })) as { id: string });
  await post(`${root}/${id}`, { url: receiver.url });
  await post(`${root}/${id}/test`, {});
  if (need === 'endpoint') await post(`${root}/${id}`, { url: 'https://hooks.example.com/cedalion' });
  const [delivery] = await list(`${root}/${id}/deliveries`);
  return { path: path.replace('{id}', id).replace('{event}', delivery?.id ?? ''), stop: receiver.stop };
}
