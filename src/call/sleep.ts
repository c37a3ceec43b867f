import type { Call } from './call.ts';

/** Waits within a call. @throws the reason, as soon as the call is given up */
export function sleep(milliseconds: number, { cancellation }: Call): Promise<void> {
  let wakeEarly = () => {};
  const slept = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    wakeEarly = () => clearTimeout(timer);
  });
  return cancellation.race(slept).finally(wakeEarly);
}
