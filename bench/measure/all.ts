import type { Running } from '../../test/chaos/workerd.ts';
import type { Figures } from '../figures.ts';
import type { Gateway } from '../gateways.ts';
import type { Plan } from '../plan.ts';
import type { Summary } from '../statistics.ts';
import type { Workload } from '../workloads/workload.ts';
import { type CpuPlan, measureCpu } from './cpu.ts';
import { measureLease } from './lease.ts';
import { measureLive } from './live.ts';
import { measureMemory, measurePlateau } from './memory.ts';
import { measurePeaks } from './peaks.ts';
import { measureFirstEvent, measureFirstResponse, measureHit } from './times.ts';

/** One run: every measurement once, with new processes. */
export async function measureAll(
  plan: Plan,
  gateways: readonly Gateway[],
  progress: (text: string) => void,
): Promise<Figures> {
  const figures = new Map<string, Summary>();
  const add = (more: Figures) => {
    for (const [key, value] of more) figures.set(key, value);
  };
  const chatting = gateways.filter(({ kind }) => kind !== 'static');
  const cedalions = gateways.filter(({ kind }) => kind === 'cedalion');
  if (plan.firstResponse) {
    progress('first response of a new process');
    add(await measureFirstResponse(chatting, plan.firstResponse));
  }
  if (plan.memory) {
    progress('memory');
    add(await measureMemory(chatting, plan.memory));
  }
  if (plan.plateau) {
    progress('memory after long work');
    add(await measurePlateau([...chatting.filter(({ kind }) => kind === 'bare'), ...cedalions], plan.plateau));
  }
  if (plan.peaks) add(await measurePeaks(cedalions, plan.peaks, progress));
  if (plan.live) add(await measureLive(cedalions, plan.live, progress));
  if (plan.firstEvent) {
    progress('time to the first event');
    const rounds = plan.firstEvent;
    add(await withAll(chatting, (started) => measureFirstEvent(started, rounds)));
  }
  if (plan.hit) {
    progress('time to the first byte of a hit');
    const rounds = plan.hit;
    // With the static Worker: nothing can answer faster.
    add(await withAll(gateways, (started) => measureHit(started, rounds)));
  }
  if (plan.lease) {
    progress('what a lease adds');
    const rounds = plan.lease;
    add(await withAll(chatting, (started) => measureLease(started, rounds)));
  }
  for (const cpu of plan.cpu ? bySize(plan.cpu) : []) {
    add(await withAll(gateways, (started) => measureCpu(cpu, started, progress)));
  }
  return figures;
}

/**
 * Large requests have processes of their own, since the memory that they leave would have to be collected by
 * small ones.
 */
function bySize(plan: CpuPlan): CpuPlan[] {
  const isLarge = ({ requests }: Workload) => requests !== undefined;
  return [plan.workloads.filter((workload) => !isLarge(workload)), plan.workloads.filter(isLarge)]
    .filter(({ length }) => length > 0)
    .map((workloads) => ({ ...plan, workloads }));
}

async function withAll(
  gateways: readonly Gateway[],
  measure: (started: ReadonlyMap<Gateway, Running>) => Promise<Figures>,
): Promise<Figures> {
  const started = new Map<Gateway, Running>();
  try {
    for (const gateway of gateways) started.set(gateway, await gateway.start());
    return await measure(started);
  } finally {
    for (const running of started.values()) await running.stop();
  }
}
