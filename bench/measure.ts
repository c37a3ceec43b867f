import type { Running } from '../test/chaos/workerd.ts';
import { type HttpAnswer, post } from './client.ts';
import type { Gateway, GatewayName } from './gateways.ts';
import { cpuMilliseconds, peakMemory } from './processes.ts';
import { type Summary, shuffle, summarize } from './statistics.ts';
import { chat, type Workload } from './workloads.ts';

const CONCURRENCY = 8;

let requests = 0;

async function ask(workload: Workload, gateway: Gateway, { port }: Running): Promise<HttpAnswer> {
  const answer = await post(port, workload.request(gateway, requests++));
  requireRight(answer, workload, gateway);
  return answer;
}

function requireRight({ status, body }: HttpAnswer, { name, atLeastBytes, endsWith = '' }: Workload, gateway: Gateway) {
  const ending = body.subarray(body.byteLength - endsWith.length).toString();
  if (status === 200 && body.byteLength >= atLeastBytes && ending === endsWith) return;
  throw new Error(`${gateway.name} answered ${name} wrongly: ${status} ${body.subarray(0, 300)}`);
}

/** Keeps a gateway busy for a while. @returns its CPU milliseconds per request */
async function cpuPerRequest(workload: Workload, gateway: Gateway, running: Running, blockMs: number): Promise<number> {
  await Promise.all(Array.from({ length: CONCURRENCY }, () => ask(workload, gateway, running)));
  const before = await cpuMilliseconds(running.pid);
  const end = performance.now() + blockMs;
  let done = 0;
  const client = async () => {
    while (performance.now() < end) {
      await ask(workload, gateway, running);
      done++;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, client));
  return ((await cpuMilliseconds(running.pid)) - before) / done;
}

/** One workload's figures for one gateway. */
export interface CpuFigure {
  readonly workload: Workload;
  readonly gateway: GatewayName;
  /** CPU of the first gateway's request = 1, round by round. */
  readonly ratio: Summary;
  readonly cpuMs: Summary;
}

/**
 * CPU per request. A shared machine is never quiet, so every round gives each gateway a block of its own, in random
 * order, and only ratios within a round count.
 */
export async function measureCpu(
  workloads: readonly Workload[],
  started: ReadonlyMap<Gateway, Running>,
  { rounds, blockMs, progress }: { rounds: number; blockMs: number; progress: (text: string) => void },
): Promise<CpuFigure[]> {
  const contests = workloads.map((workload) => ({
    workload,
    contestants: [...started].filter(([{ name }]) => workload.gateways.includes(name)),
    cpu: new Map<GatewayName, number[]>(),
  }));
  // Round 0 warms up compilers and caches, and does not count.
  for (let round = 0; round <= rounds; round++) {
    for (const { workload, contestants, cpu } of contests) {
      progress(`CPU, round ${round} of ${rounds}: ${workload.name}`);
      for (const [gateway, running] of shuffle(contestants)) {
        const value = await cpuPerRequest(workload, gateway, running, round > 0 ? blockMs : blockMs / 4);
        if (round > 0) cpu.set(gateway.name, [...(cpu.get(gateway.name) ?? []), value]);
      }
    }
  }
  return contests.flatMap(({ workload, cpu }) => {
    const base = cpu.get(workload.gateways[0]) ?? [];
    return workload.gateways.flatMap((gateway) => {
      const values = cpu.get(gateway);
      if (!values) return [];
      const ratios = values.map((value, round) => value / (base[round] ?? Number.NaN));
      return { workload, gateway, ratio: summarize(ratios), cpuMs: summarize(values) };
    });
  });
}

/** Milliseconds that each gateway adds to the first event of a stream, over the first of them, one request at a time. */
export async function measureFirstEvent(
  started: ReadonlyMap<Gateway, Running>,
  { rounds }: { rounds: number },
): Promise<Map<GatewayName, Summary>> {
  const times = new Map<GatewayName, number[]>();
  for (let round = -5; round < rounds; round++) {
    for (const [gateway, { port }] of shuffle([...started])) {
      const { firstByteMs } = await post(port, chat(gateway, 'events-3-4', true));
      if (round >= 0) times.set(gateway.name, [...(times.get(gateway.name) ?? []), firstByteMs]);
    }
  }
  return addedTo(times);
}

/** Milliseconds from starting the process to its first answer, over the first gateway's. */
export async function measureFirstResponse(
  gateways: readonly Gateway[],
  { rounds }: { rounds: number },
): Promise<Map<GatewayName, Summary>> {
  const times = new Map<GatewayName, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const gateway of shuffle(gateways)) {
      const start = performance.now();
      const running = await gateway.start();
      await post(running.port, chat(gateway, 'whole', false));
      times.set(gateway.name, [...(times.get(gateway.name) ?? []), performance.now() - start]);
      await running.stop();
    }
  }
  return addedTo(times, gateways[0]?.name);
}

/** Peak resident memory of fresh processes after equal work, in MiB, and as ratios to the first gateway's. */
export async function measureMemory(
  gateways: readonly Gateway[],
  work: readonly Workload[],
  { rounds, requestsEach }: { rounds: number; requestsEach: number },
): Promise<Map<GatewayName, { mebibytes: Summary; ratio: Summary }>> {
  const peaks = new Map<GatewayName, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const gateway of shuffle(gateways)) {
      const running = await gateway.start();
      for (const workload of work) {
        let left = requestsEach;
        const client = async () => {
          while (left-- > 0) await ask(workload, gateway, running);
        };
        await Promise.all(Array.from({ length: CONCURRENCY }, client));
      }
      peaks.set(gateway.name, [...(peaks.get(gateway.name) ?? []), await peakMemory(running.pid)]);
      await running.stop();
    }
  }
  const base = peaks.get(gateways[0]?.name as GatewayName) ?? [];
  return new Map(
    [...peaks].map(([name, values]) => [
      name,
      { mebibytes: summarize(values), ratio: summarize(values.map((value, i) => value / (base[i] ?? Number.NaN))) },
    ]),
  );
}

function addedTo(times: ReadonlyMap<GatewayName, readonly number[]>, first: GatewayName = 'bare') {
  const base = times.get(first) ?? [];
  return new Map(
    [...times].map(([name, values]) => [name, summarize(values.map((value, i) => value - (base[i] ?? Number.NaN)))]),
  );
}
