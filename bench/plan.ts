import type { CpuPlan } from './measure/cpu.ts';
import type { MemoryPlan } from './measure/memory.ts';
import type { PeaksPlan } from './measure/peaks.ts';
import { workloads } from './workloads/all.ts';
import { highestRequests, largestRequests } from './workloads/largest.ts';
import type { Workload } from './workloads/workload.ts';

/** What one run measures. A part that is missing is not measured. */
export interface Plan {
  readonly cpu?: CpuPlan;
  /** Rounds of each. */
  readonly firstEvent?: number;
  readonly firstResponse?: number;
  readonly hit?: number;
  readonly lease?: number;
  readonly live?: number;
  readonly peaks?: PeaksPlan;
  readonly memory?: MemoryPlan;
  readonly plateau?: MemoryPlan;
}

const chatAndStream = named(['chat_json', 'stream_200']);

const ALL_PEAKS: PeaksPlan = { requests: largestRequests, rounds: 1 };

export const FULL: Plan = {
  cpu: { workloads, rounds: 5, blockMs: 700 },
  firstEvent: 150,
  hit: 200,
  firstResponse: 5,
  lease: 12,
  live: 1,
  peaks: ALL_PEAKS,
  memory: { workloads: chatAndStream, requestsEach: 400, rounds: 1 },
  plateau: { workloads: named(['chat_json']), requestsEach: 30_000, rounds: 1 },
};

export const QUICK: Plan = {
  cpu: { workloads: workloads.filter(({ quick }) => quick), rounds: 9, blockMs: 400 },
  firstEvent: 200,
  firstResponse: 9,
  peaks: { requests: highestRequests, rounds: 1 },
  memory: { workloads: chatAndStream, requestsEach: 400, rounds: 3 },
};

const PARTS = {
  first_event: 'firstEvent',
  first_response: 'firstResponse',
  hit: 'hit',
  lease: 'lease',
  peaks: 'peaks',
  live: 'live',
  memory: 'memory',
  plateau: 'plateau',
} as const;

/** What is asked for by name is measured as in the quick plan, but the peaks of all requests. */
const BY_NAME: Plan = { ...FULL, ...QUICK, peaks: ALL_PEAKS };

/** The quick plan with some parts only, by the names of workloads and of other measurements. */
export function only(names: readonly string[]): Plan {
  const known = [...workloads.map(({ name }) => name), ...Object.keys(PARTS)];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`--only ${unknown} is none of ${known.join(', ')}.`);
  const parts = Object.entries(PARTS).flatMap(([name, part]) => (names.includes(name) ? [[part, BY_NAME[part]]] : []));
  const chosen = named(names);
  return {
    ...Object.fromEntries(parts),
    ...(QUICK.cpu && chosen.length > 0 && { cpu: { ...QUICK.cpu, workloads: chosen } }),
  };
}

function named(names: readonly string[]): Workload[] {
  return workloads.filter(({ name }) => names.includes(name));
}
