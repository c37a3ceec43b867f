const WIDTH = 30;

/** Download progress of one file. */
export interface FileProgress {
  file: string;
  loaded: number;
  total: number;
}

/**
 * Shows the download of a model's files: a progress bar on a terminal, otherwise one line per 10 %. Files
 * from the cache complete in one step and show nothing.
 * @returns a function to call with each progress event.
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
