import type { Running } from '../../test/chaos/workerd.ts';
import type { Figures } from '../figures.ts';
import type { Gateway } from '../gateways.ts';
import { summarize } from '../statistics.ts';
import { workloads } from '../workloads/all.ts';
import type { Workload } from '../workloads/workload.ts';
import { cpuPerRequest } from './cpu.ts';

/** Those of the two keys are longer: see their workloads. */
const BLOCK_MS = 1_500;

/**
 * CPU that limits add to a chat with a stored key, as a share of the bare Worker's, when they are leased. The
 * difference is smaller than what one block of each scatters by: so it is that of the medians of many, in the
 * same process and in turn.
 */
export async function measureLease(started: ReadonlyMap<Gateway, Running>, rounds: number): Promise<Figures> {
  const [bare] = [...started].filter(([{ kind }]) => kind === 'bare');
  if (!bare) throw new Error('The bare Worker is not running.');
  const figures = new Map();
  for (const cedalion of [...started].filter(([{ kind }]) => kind === 'cedalion')) {
    const blocks = { bare: [] as number[], key: [] as number[], leased: [] as number[] };
    for (let round = -1; round < rounds; round++) {
      const bareMs = await cpuPerRequest(named('chat_json'), ...bare, BLOCK_MS);
      const inOrder = round % 2 === 0 ? (['key', 'leased'] as const) : (['leased', 'key'] as const);
      const took = { bare: bareMs, key: 0, leased: 0 };
      for (const name of inOrder) took[name] = await cpuPerRequest(named(`chat_${name}`), ...cedalion, BLOCK_MS);
      // The first round warms up.
      if (round >= 0) for (const name of ['bare', 'key', 'leased'] as const) blocks[name].push(took[name]);
    }
    const median = (values: readonly number[]) => summarize(values).median;
    const added = (median(blocks.leased) - median(blocks.key)) / median(blocks.bare);
    figures.set(`lease_added.${cedalion[0].name}`, summarize([added]));
  }
  return figures;
}

function named(name: string): Workload {
  const workload = workloads.find((one) => one.name === name);
  if (!workload) throw new Error(`There is no workload ${name}.`);
  return workload;
}
