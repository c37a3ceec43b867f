import type { Running } from '../../test/chaos/workerd.ts';
import { divided, type Figures, Samples } from '../figures.ts';
import type { Gateway } from '../gateways.ts';
import { cpuMilliseconds } from '../processes.ts';
import { shuffle } from '../statistics.ts';
import type { Workload } from '../workloads/workload.ts';
import { askWhile, CONNECTIONS, during, times } from './ask.ts';

export interface CpuPlan {
  readonly workloads: readonly Workload[];
  readonly rounds: number;
  readonly blockMs: number;
}

/**
 * CPU per request. A shared machine is never idle, so every round gives each gateway a block of its own, in
 * random order, and only ratios within a round are used.
 */
export async function measureCpu(
  { workloads, rounds, blockMs }: CpuPlan,
  started: ReadonlyMap<Gateway, Running>,
  progress: (text: string) => void,
): Promise<Figures> {
  const samples = new Map(workloads.map((workload) => [workload, new Samples()]));
  // Round 0 warms up compilers and caches, and is not counted.
  for (let round = 0; round <= rounds; round++) {
    for (const [workload, cpu] of samples) {
      progress(`CPU, round ${round} of ${rounds}: ${workload.name}`);
      const compared = [...started].filter(([{ kind }]) => workload.gateways.includes(kind));
      for (const [gateway, running] of shuffle(compared)) {
        if (round === 0 && workload.distinct !== undefined && gateway.kind === 'cedalion') {
          await askWhile(times(workload.distinct), workload, gateway, running);
        }
        const value = await cpuPerRequest(workload, gateway, running, round > 0 ? blockMs : blockMs / 2);
        if (round > 0) cpu.add(gateway.name, value);
      }
    }
  }
  return new Map(
    [...samples].flatMap(([{ name, gateways }, cpu]) => [
      ...cpu.absolute(`cpu_ms.${name}`),
      ...cpu.comparedWith(gateways[0], `cpu_ratio.${name}`, divided),
    ]),
  );
}

/** Keeps a gateway busy for one block. */
export async function cpuPerRequest(
  workload: Workload,
  gateway: Gateway,
  running: Running,
  blockMs: number,
): Promise<number> {
  await askWhile(times(workload.connections ?? CONNECTIONS), workload, gateway, running);
  const before = await cpuMilliseconds(running.pid);
  const block =
    workload.requests === undefined ? during(Math.max(blockMs, workload.blockMs ?? 0)) : times(workload.requests);
  const done = await askWhile(block, workload, gateway, running);
  return ((await cpuMilliseconds(running.pid)) - before) / done;
}
