/** Processor time in milliseconds that a piece of work takes in this process: the same on a busy machine as on an idle one. */
export async function cpuMilliseconds(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
