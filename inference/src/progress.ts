const WIDTH = 30;

/** How much of one file has arrived. */
export interface FileProgress {
  file: string;
  loaded: number;
  total: number;
}

/**
 * Shows the download of a model's files: a bar on a terminal, elsewhere a line for each tenth. Files that are there at
 * once come from the cache and show nothing.
 * @returns what to call with each step of each file.
 */
export function progressBar(name: string, out: NodeJS.WriteStream = process.stderr): (step: FileProgress) => void {
  const files = new Map<string, FileProgress>();
  let downloading = false;
  let lastTenth = -1;
  return (step) => {
    files.set(step.file, step);
    downloading ||= step.loaded < step.total;
    if (!downloading) return;
    const loaded = sum(files, 'loaded');
    const total = sum(files, 'total');
    const share = Math.min(1, loaded / total);
    const size = `${(loaded / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`;
    if (out.isTTY) {
      const bar = '#'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '.');
      out.write(`\rDownloading ${name} [${bar}] ${size}${share === 1 ? '\n' : ''}`);
      return;
    }
    const tenth = Math.floor(share * 10);
    if (tenth !== lastTenth) out.write(`Downloading ${name}: ${size}\n`);
    lastTenth = tenth;
  };
}

function sum(files: Map<string, FileProgress>, key: 'loaded' | 'total'): number {
  return Array.from(files.values()).reduce((total, file) => total + file[key], 0);
}
