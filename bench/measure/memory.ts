import { divided, type Figures, Samples } from '../figures.ts';
import type { Gateway } from '../gateways.ts';
import { peakMemory, residentMemory } from '../processes.ts';
import { shuffle } from '../statistics.ts';
import type { Workload } from '../workloads/workload.ts';
import { askWhile, times } from './ask.ts';

export interface MemoryPlan {
  readonly workloads: readonly Workload[];
  readonly requestsEach: number;
  readonly rounds: number;
}

/** Peak resident memory of new processes after equal work, in MiB and divided by that of the bare Worker. */
export const measureMemory = (gateways: readonly Gateway[], plan: MemoryPlan): Promise<Figures> =>
  measure(gateways, plan, 'memory', peakMemory);

/** Resident memory at the end of long equal work: where memory stays, not what it reaches at once. */
export const measurePlateau = (gateways: readonly Gateway[], plan: MemoryPlan): Promise<Figures> =>
  measure(gateways, plan, 'plateau', residentMemory);

async function measure(
  gateways: readonly Gateway[],
  { workloads, requestsEach, rounds }: MemoryPlan,
  name: string,
  memory: (pid: number) => Promise<number>,
): Promise<Figures> {
  const samples = new Samples();
  for (let round = 0; round < rounds; round++) {
    for (const gateway of shuffle(gateways)) {
      const running = await gateway.start();
      for (const workload of workloads) await askWhile(times(requestsEach), workload, gateway, running);
      samples.add(gateway.name, await memory(running.pid));
      await running.stop();
    }
  }
  return new Map([...samples.absolute(`${name}_mib`), ...samples.comparedWith('bare', `${name}_ratio`, divided)]);
}
