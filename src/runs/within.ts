/** Whether work settles within a time. Leaves no timer behind: one that is set keeps an object in memory. */
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
