import type { Call } from '../call/call.ts';
import { ApiError } from '../errors.ts';
import type { Target } from '../tasks.ts';
import { usualLatency } from './latency.ts';

/**
 * Hedging: where the first target has sent no headers within its usual 95th percentile, the second is started too. The
 * first answer wins and the other request is aborted. Costs about one request in twenty more, and cuts the slowest.
 * Source: Dean and Barroso, "The Tail at Scale", 2013.
 */
export async function raceWhenSlow<T extends Target, Answer>(
  first: T,
  second: T,
  call: Call,
  run: (target: T, call: Call) => Promise<Answer>,
): Promise<Answer> {
  const racers = [call.cancellation.child(), call.cancellation.child()] as const;
  let leaveAlone = () => {};
  const headers = new Promise<'headers'>((resolve) => {
    leaveAlone = () => resolve('headers');
  });
  const start = (target: T, index: 0 | 1, onHeaders?: () => void) =>
    run(target, {
      ...call,
      cancellation: racers[index],
      ...(onHeaders ? { onHeaders } : {}),
    }).then((answer) => {
      racers[index === 0 ? 1 : 0].cancel(new ApiError('client_closed_request', 'The other target was faster.'));
      return answer;
    });

  const one = start(first, 0, leaveAlone);
  // It is awaited below, or has lost: then its failure is nobody's.
  one.catch(() => {});
  const slow = alarm(usualLatency(first));
  const state = await Promise.race([one.then(settled, settled), headers, slow.rings]);
  slow.stop();
  if (state !== 'slow') {
    return one.catch((error: unknown) => {
      if (call.cancellation.reason) throw error;
      return start(second, 1);
    });
  }
  const two = start(second, 1);
  try {
    return await Promise.any([one, two]);
  } catch (error) {
    throw error instanceof AggregateError ? error.errors.at(-1) : error;
  }
}

const settled = () => 'settled' as const;

/** Rings after a time; where the time is not known, never. */
function alarm(milliseconds: number | undefined): { rings: Promise<'slow'>; stop(): void } {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const rings = new Promise<'slow'>((resolve) => {
    if (milliseconds !== undefined) timer = setTimeout(resolve, milliseconds, 'slow');
  });
  const stop = () => {
    if (timer !== null) clearTimeout(timer);
  };
  return { rings, stop };
}
