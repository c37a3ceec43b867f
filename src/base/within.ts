/**
 * Whether work settles within a time, for work that belongs to no call: a call has deadlines, which share one timer.
 *
 * Leaves no timer behind: one that is set keeps a Durable Object in memory.
 *
 * @throws what the work rejects with, if it does so in time
 */
export async function within(work: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    if (timer !== null) clearTimeout(timer);
  }
}
