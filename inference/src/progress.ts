const WIDTH = 30;

/**
 * A bar on a terminal; elsewhere a line for each tenth.
 * @returns what to call with the bytes loaded so far.
 */
export function progressBar(name: string, out: NodeJS.WriteStream = process.stderr) {
  let lastTenth = -1;
  return ({ loaded, total }: { loaded: number; total: number }): void => {
    if (total === 0) return;
    const share = Math.min(1, loaded / total);
    const megabytes = `${(loaded / 1e6).toFixed(0)} of ${(total / 1e6).toFixed(0)} MB`;
    if (out.isTTY) {
      const bar = '#'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '.');
      out.write(`\rDownloading ${name} [${bar}] ${megabytes}${share === 1 ? '\n' : ''}`);
      return;
    }
    const tenth = Math.floor(share * 10);
    if (tenth > lastTenth) out.write(`Downloading ${name}: ${megabytes}\n`);
    lastTenth = Math.max(lastTenth, tenth);
  };
}
