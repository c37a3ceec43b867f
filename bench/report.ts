import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { plot } from './plot.ts';
import type { Results } from './results.ts';
import { growthTable, mainTable, memoryTable, peakTable } from './tables.ts';
import { targetTable } from './targets.ts';

const file = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** Writes the results into docs/benchmarks.md, between its markers, and the plot next to it. */
export async function writeReport(results: Results): Promise<void> {
  const path = file('docs/benchmarks.md');
  const document = await readFile(path, 'utf8');
  const withResults = between(document, 'results', await markdown(results));
  await writeFile(path, between(withResults, 'targets', targetTable(results.figures)));
  await writeFile(file('docs/benchmarks.svg'), plot(results));
}

function between(document: string, name: string, text: string): string {
  const markers = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*(<!-- /${name} -->)`);
  if (!markers.test(document)) throw new Error(`docs/benchmarks.md has no markers for the ${name}.`);
  return document.replace(markers, (_, begin, end) => `${begin}\n${text}\n\n${end}`);
}

async function markdown(results: Results): Promise<string> {
  const { runs, plan } = results;
  const { rounds = 0, blockMs = 0 } = plan.cpu ?? {};
  return `Measured on ${new Date().toISOString().slice(0, 10)}, ${await versions()}, on ${machine()}: ${runs} ${runs === 1 ? 'run' : 'runs'} with new
processes, each of ${rounds} rounds of blocks of ${blockMs / 1000} s. Each figure is the median of the ${runs === 1 ? 'rounds, with the middle half of them' : 'runs, with the lowest and the highest run'} in
brackets.

### CPU of the gateway per request

${mainTable(results)}

### Growth

CPU of a request by its size. Base: the bare Worker, or the static Worker for cached similarities.

${growthTable(results)}

### Time and memory

${memoryTable(results)}

### Memory of one request

Peak resident memory that one request adds to a new process of Cedalion, and what is alive while four such requests are answered
at the same time.

${peakTable(results)}`;
}

async function versions(): Promise<string> {
  const versionOf = async (path: string) => JSON.parse(await readFile(file(path), 'utf8')).version;
  const workerd = await versionOf('node_modules/workerd/package.json');
  const portkey = await versionOf('bench/peer/node_modules/@portkey-ai/gateway/package.json');
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: file('.') })
    .toString()
    .trim();
  return `Cedalion at ${commit}, workerd ${workerd}, Node ${process.version}, @portkey-ai/gateway ${portkey}`;
}

function machine(): string {
  return `${cpus().length} cores of ${cpus()[0]?.model.trim()}, shared with other work`;
}
