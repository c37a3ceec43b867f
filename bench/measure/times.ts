import type { Running } from '../../test/chaos/workerd.ts';
import { post } from '../client.ts';
import { divided, type Figures, minus, Samples } from '../figures.ts';
import type { Gateway } from '../gateways.ts';
import { chat, post as jsonRequest, shortChat, user } from '../requests.ts';
import { shuffle } from '../statistics.ts';
import { withCache } from '../workloads/cached.ts';

const WARM_UP_ROUNDS = 5;

/** Milliseconds until the first event of a stream, minus those of the bare Worker. One request at a time. */
export async function measureFirstEvent(started: ReadonlyMap<Gateway, Running>, rounds: number): Promise<Figures> {
  const times = new Samples();
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const [gateway, { port }] of shuffle([...started])) {
      const { firstByteMs } = await post(port, chat(gateway, 'events-3-4', [user('Hello.')], { stream: true }));
      if (round >= 0) times.add(gateway.name, firstByteMs);
    }
  }
  return times.comparedWith('bare', 'first_event_ms', minus);
}

/**
 * The first byte of a short chat that is in memory, divided by that of the bare Worker, whose host answers at
 * once. One request at a time.
 */
export async function measureHit(started: ReadonlyMap<Gateway, Running>, rounds: number): Promise<Figures> {
  const times = new Samples();
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const [gateway, { port }] of shuffle([...started])) {
      const { status, firstByteMs } = await post(port, quickest(gateway));
      if (status !== 200) throw new Error(`${gateway.name} answered a short chat with ${status}.`);
      if (round >= 0) times.add(gateway.name, firstByteMs);
    }
  }
  return new Map([...times.absolute('hit_ms'), ...times.comparedWith('bare', 'hit_first_byte', divided)]);
}

/** A hit; of the static Worker, what it can answer. */
const quickest = (gateway: Gateway) =>
  gateway.kind === 'static'
    ? jsonRequest(gateway, '/v1/similarity', { documents: ['Hello.'] })
    : withCache(shortChat(gateway));

/** Milliseconds from starting the process to its first answer, minus those of the bare Worker. */
export async function measureFirstResponse(gateways: readonly Gateway[], rounds: number): Promise<Figures> {
  const times = new Samples();
  for (let round = 0; round < rounds; round++) {
    for (const gateway of shuffle(gateways)) {
      const start = performance.now();
      const running = await gateway.start();
      await post(running.port, shortChat(gateway));
      times.add(gateway.name, performance.now() - start);
      await running.stop();
    }
  }
  return times.comparedWith('bare', 'first_response_ms', minus);
}
