import { type Figures, Samples } from '../figures.ts';
import type { Gateway } from '../gateways.ts';
import { peakMemory } from '../processes.ts';
import type { LargestRequest } from '../workloads/largest-request.ts';
import { AT_ONCE, askAtOnce, prepare, warmUp } from './large.ts';

export interface PeaksPlan {
  readonly requests: readonly LargestRequest[];
  readonly rounds: number;
}

/**
 * Peak memory that one of the largest requests adds to a new process, in MiB, and four of the very largest at
 * once.
 */
export async function measurePeaks(
  gateways: readonly Gateway[],
  { requests, rounds }: PeaksPlan,
  progress: (text: string) => void,
): Promise<Figures> {
  const figures = new Map(requests.map(({ name }) => [name, new Samples()]));
  const together = new Samples();
  for (let round = 0; round < rounds; round++) {
    for (const gateway of gateways) {
      let top: { request: LargestRequest; added: number } | undefined;
      for (const request of requests) {
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
  await prepare(request, gateway);
  const running = await gateway.start();
  try {
    await warmUp(gateway, running);
    const before = await peakMemory(running.pid);
    await askAtOnce(
      Array.from({ length: count }, () => request),
      gateway,
      running,
    );
    return (await peakMemory(running.pid)) - before;
  } finally {
    await running.stop();
  }
}
