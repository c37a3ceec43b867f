/**
 * Resolves like `work`. If the work takes longer, returns or throws what `late` does. For work that belongs
 * to no call: a call has deadlines, which share one timer.
 *
 * Leaves no timer behind: one that is set keeps a Durable Object in memory.
 */
export async function withTimeout<T, Late>(
  work: Promise<T>,
  milliseconds: number,
  late: () => Late,
): Promise<T | Late> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const passed = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(() => resolve(LATE), milliseconds);
  });
  try {
    const first = await Promise.race([work, passed]);
    return first === LATE ? late() : first;
  } finally {
    if (timer !== null) clearTimeout(timer);
  }
}

const LATE = Symbol('late');

/** Whether work settles within a time. */
export const settlesWithin = (work: Promise<unknown>, milliseconds: number): Promise<boolean> =>
  withTimeout(
    work.then(() => true),
    milliseconds,
    () => false,
  );
