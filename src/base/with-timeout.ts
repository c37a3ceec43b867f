/** Calls `pass` after a time. @returns a function that removes it */
interface Timers {
  in(milliseconds: number, pass: () => void): () => void;
}

interface Timeout<Late> {
  readonly ms: number;
  /** Returns or throws what becomes of work that takes longer. */
  readonly late: () => Late;
  /** The deadlines of a call, which share one timer. By default a timer of its own, for work of no call. */
  readonly timers?: Timers;
}

/**
 * Resolves like `work`. If the work takes longer than a time, returns or throws what `late` does.
 *
 * Leaves no timer behind: one that is set keeps a Durable Object in memory.
 */
export async function withTimeout<T, Late>(
  work: Promise<T>,
  { ms, late, timers = OWN_TIMER }: Timeout<Late>,
): Promise<T | Late> {
  let remove = () => {};
  const passed = new Promise<typeof LATE>((resolve) => {
    remove = timers.in(ms, () => resolve(LATE));
  });
  try {
    const first = await Promise.race([work, passed]);
    return first === LATE ? late() : first;
  } finally {
    remove();
  }
}

const LATE = Symbol('late');

const OWN_TIMER: Timers = {
  in(milliseconds, pass) {
    const timer = setTimeout(pass, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** Whether work settles within a time. */
export const settlesWithin = (work: Promise<unknown>, milliseconds: number): Promise<boolean> =>
  withTimeout(
    work.then(() => true),
    { ms: milliseconds, late: () => false },
  );
