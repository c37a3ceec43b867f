import { setTimeout } from 'node:timers/promises';
import type { Running } from '../../test/chaos/workerd.ts';
import { post } from '../client.ts';
import type { Gateway } from '../gateways.ts';
import { embeddings, shortChat } from '../requests.ts';
import type { LargestRequest } from '../workloads/largest-request.ts';

/** How the largest requests are sent, to new processes. */

export const AT_ONCE = 4;
/** Time for what a Worker does after its answer. */
const AFTER_MS = 600;

/** Lets another process do what the request builds on. */
export async function prepare({ before }: LargestRequest, gateway: Gateway): Promise<void> {
  if (!before) return;
  const running = await gateway.start();
  try {
    for (const request of before(gateway)) await post(running.port, request);
    await setTimeout(AFTER_MS);
  } finally {
    await running.stop();
  }
}

/** The code that small requests load and compile does not belong to the large one. */
export async function warmUp(gateway: Gateway, { port }: Running): Promise<void> {
  for (let i = 0; i < 3; i++) await post(port, shortChat(gateway));
  await post(port, embeddings(gateway, 512, 'a'));
}

/** Sends requests at the same time, and waits until everything is done. @throws if an answer is wrong */
export async function askAtOnce(
  requests: readonly LargestRequest[],
  gateway: Gateway,
  { port }: Running,
): Promise<void> {
  const asked = requests.map(async ({ name, build }) => {
    const { status, body } = await post(port, build(gateway));
    if (status !== 200) throw new Error(`${gateway.name} answered ${name}: ${status} ${body.subarray(0, 300)}`);
  });
  await Promise.all(asked);
  await setTimeout(AFTER_MS);
}
