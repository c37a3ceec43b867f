import type { Running } from '../../test/chaos/workerd.ts';
import { post } from '../client.ts';
import type { Gateway } from '../gateways.ts';
import type { Workload } from '../workloads/workload.ts';

export const CONNECTIONS = 8;

let sent = 0;

/**
 * How many requests of a workload with few different ones each gateway got: each goes through all of them.
 */
const turns = new Map<string, number>();

function nextOf({ name }: Workload, gateway: Gateway): number {
  const key = `${name} ${gateway.name}`;
  const turn = turns.get(key) ?? 0;
  turns.set(key, turn + 1);
  return turn;
}

/** Sends one request. @throws if the answer is wrong */
export async function ask(workload: Workload, gateway: Gateway, { port }: Running): Promise<void> {
  const { name, atLeastBytes, endsWith = '', distinct } = workload;
  const n = distinct === undefined ? sent++ : nextOf(workload, gateway) % distinct;
  const { status, body } = await post(port, workload.request(gateway, n));
  const ending = body.subarray(body.byteLength - endsWith.length).toString();
  if ((status === 200 || status === 202) && body.byteLength >= atLeastBytes && ending === endsWith) return;
  throw new Error(`${gateway.name} answered ${name} wrongly: ${status} ${body.subarray(0, 300)}`);
}

/** Sends requests over several connections while there is more to send. @returns how many */
export async function askWhile(
  more: () => boolean,
  workload: Workload,
  gateway: Gateway,
  running: Running,
): Promise<number> {
  let done = 0;
  const client = async () => {
    while (more()) {
      await ask(workload, gateway, running);
      done++;
    }
  };
  await Promise.all(Array.from({ length: workload.connections ?? CONNECTIONS }, client));
  return done;
}

/** For `askWhile`: a number of requests. */
export function times(count: number): () => boolean {
  let left = count;
  return () => left-- > 0;
}

/** For `askWhile`: a time. */
export function during(milliseconds: number): () => boolean {
  const end = performance.now() + milliseconds;
  return () => performance.now() < end;
}
