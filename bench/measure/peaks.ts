import { setTimeout } from 'node:timers/promises';
import type { Running } from '../../test/chaos/workerd.ts';
import { post } from '../client.ts';
import { type Figures, Samples } from '../figures.ts';
import type { Gateway } from '../gateways.ts';
import { peakMemory } from '../processes.ts';
import { embeddings, shortChat } from '../requests.ts';
import { type LargestRequest, largestRequests } from '../workloads/largest.ts';

const AT_ONCE = 4;
/** Time for what a Worker does after its answer. */
const AFTER_MS = 600;

/** Peak memory that one of the largest requests adds to a new process, in MiB, and four of the very largest at once. */
export async function measurePeaks(
  gateways: readonly Gateway[],
  rounds: number,
  progress: (text: string) => void,
): Promise<Figures> {
  const figures = new Map(largestRequests.map(({ name }) => [name, new Samples()]));
  const together = new Samples();
  for (let round = 0; round < rounds; round++) {
    for (const gateway of gateways) {
      let top: { request: LargestRequest; added: number } | undefined;
      for (const request of largestRequests) {
        progress(`memory of one request: ${request.name}`);
        const added = await addedBy(request, 1, gateway);
        figures.get(request.name)?.add(gateway.name, added);
        if (added > (top?.added ?? 0)) top = { request, added };
      }
      if (!top) continue;
      together.add(gateway.name, await addedBy(top.request, AT_ONCE, gateway));
    }
  }
  return new Map([
    ...[...figures].flatMap(([name, samples]) => [...samples.absolute(`peak_mib.${name}`)]),
    ...together.absolute('four_largest_mib'),
  ]);
}

async function addedBy(request: LargestRequest, count: number, gateway: Gateway): Promise<number> {
  const running = await gateway.start();
  try {
    await warmUp(gateway, running);
    const before = await peakMemory(running.pid);
    const answers = await Promise.all(Array.from({ length: count }, () => post(running.port, request.build(gateway))));
    const wrong = answers.find(({ status }) => status !== 200);
    if (wrong)
      throw new Error(`${gateway.name} answered ${request.name}: ${wrong.status} ${wrong.body.subarray(0, 300)}`);
    await setTimeout(AFTER_MS);
    return (await peakMemory(running.pid)) - before;
  } finally {
    await running.stop();
  }
}

/** The code that small requests load and compile does not belong to the large one. */
async function warmUp(gateway: Gateway, { port }: Running): Promise<void> {
  for (let i = 0; i < 3; i++) await post(port, shortChat(gateway));
  await post(port, embeddings(gateway, 512, 'a'));
}
