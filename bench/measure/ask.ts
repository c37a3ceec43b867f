import type { Running } from '../../test/chaos/workerd.ts';
import { post } from '../client.ts';
import type { Gateway } from '../gateways.ts';
import type { Workload } from '../workloads/workload.ts';

export const CONNECTIONS = 8;

let sent = 0;

/** Sends one request. @throws if the answer is wrong */
export async function ask(workload: Workload, gateway: Gateway, { port }: Running): Promise<void> {
  const { name, atLeastBytes, endsWith = '' } = workload;
  const { status, body } = await post(port, workload.request(gateway, sent++));
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
