/**
 * Lets work of libvips run beside other work, or alone. A process has one list of libvips' messages: an error
 * has
 * what all work that runs at the time has said so far, and work that ends empties the list. So the reason of
 * a
 * failure is only known of work that runs alone.
 */

let turn: Promise<unknown> = Promise.resolve();
const running = new Set<Promise<unknown>>();

/** Runs work as soon as nothing runs alone. */
export async function beside<T>(work: () => Promise<T>): Promise<T> {
  for (let last: Promise<unknown> | undefined; last !== turn; ) {
    last = turn;
    await last;
  }
  const its = work();
  running.add(its);
  try {
    return await its;
  } finally {
    running.delete(its);
  }
}

/** Runs work when all that runs has ended. Other work waits meanwhile. */
export function alone<T>(work: () => Promise<T>): Promise<T> {
  const its = turn.then(async () => {
    await Promise.allSettled(running);
    return work();
  });
  turn = its.catch(() => {});
  return its;
}
