import { type Figures, Samples } from '../figures.ts';
import type { Gateway } from '../gateways.ts';
import { differentRequests, largestRequests } from '../workloads/largest.ts';
import type { LargestRequest } from '../workloads/largest-request.ts';
import { AT_ONCE, askAtOnce, prepare, warmUp } from './large.ts';

/** Every collection is a complete one, so that what is left after it is alive, and V8 reports it. */
const V8_FLAGS = ['--gc-global', '--trace-gc', '--trace-gc-verbose'];
/** The heap after a collection in MiB, and the buffers outside of it in KiB. */
const COLLECTION = /Mark-Compact [^>]*-> ([\d.]+) [\s\S]*?Backing store memory:\s+(\d+) KB/g;

/** How often small requests are sent until V8 collects. */
const MOST_MORE = 200;

/**
 * The most memory that is alive while four of the largest requests are answered at the same time, in MiB:
 * V8's heap and its buffers, garbage excluded, the Worker itself included. This is what an isolate's limit of
 * 128 MB is about.
 */
export async function measureLive(
  gateways: readonly Gateway[],
  rounds: number,
  progress: (text: string) => void,
): Promise<Figures> {
  const figures = new Map<string, Samples>();
  for (let round = 0; round < rounds; round++) {
    for (const gateway of gateways) {
      const measure = async (name: string, requests: readonly LargestRequest[]) => {
        progress(`live memory of ${AT_ONCE} requests: ${name}`);
        const samples = figures.get(name) ?? new Samples();
        figures.set(name, samples);
        samples.add(gateway.name, await mostAlive(requests, gateway));
      };
      for (const request of largestRequests) {
        await prepare(request, gateway);
        await measure(
          request.name,
          Array.from({ length: AT_ONCE }, () => request),
        );
      }
      await measure('different', differentRequests);
    }
  }
  return new Map([...figures].flatMap(([name, samples]) => [...samples.absolute(`live_mib.${name}`)]));
}

async function mostAlive(requests: readonly LargestRequest[], gateway: Gateway): Promise<number> {
  let output = '';
  const running = await gateway.start({ v8Flags: V8_FLAGS, onOutput: (text) => (output += text) });
  try {
    await warmUp(gateway, running);
    await askAtOnce(requests, gateway, running);
    // Requests that leave little garbage can end before V8 collects any.
    for (let times = 0; times < MOST_MORE && output.search(COLLECTION) === -1; times++) await warmUp(gateway, running);
  } finally {
    await running.stop();
  }
  const alive = [...output.matchAll(COLLECTION)].map(([, heap, buffers]) => Number(heap) + Number(buffers) / 1024);
  if (alive.length === 0)
    throw new Error('V8 reported no collection: its trace has changed, see bench/measure/live.ts.');
  return Math.max(...alive);
}
