import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Gateway, GatewayName } from './gateways.ts';
import type { CpuFigure } from './measure.ts';
import { plot } from './plot.ts';
import type { Summary } from './statistics.ts';

export interface Results {
  readonly gateways: readonly Gateway[];
  readonly cpu: readonly CpuFigure[];
  readonly firstEvent: ReadonlyMap<GatewayName, Summary>;
  readonly firstResponse: ReadonlyMap<GatewayName, Summary>;
  readonly memory: ReadonlyMap<GatewayName, { mebibytes: Summary; ratio: Summary }>;
  readonly bundleKibibytes: number;
  readonly rounds: number;
  readonly blockMs: number;
}

const file = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** Writes what was measured into docs/benchmarks.md, between its markers, and draws the plot beside it. */
export async function writeReport(results: Results): Promise<void> {
  const path = file('docs/benchmarks.md');
  const document = await readFile(path, 'utf8');
  const markers = /(<!-- results -->\n)[\s\S]*(<!-- \/results -->)/;
  if (!markers.test(document)) throw new Error('docs/benchmarks.md has lost its markers.');
  const text = await markdown(results);
  await writeFile(
    path,
    document.replace(markers, (_, begin, end) => `${begin}\n${text}\n${end}`),
  );
  await writeFile(file('docs/benchmarks.svg'), plot(results));
}

async function markdown({ gateways, cpu, firstEvent, firstResponse, memory, ...rest }: Results): Promise<string> {
  const title = (name: GatewayName) => gateways.find((gateway) => gateway.name === name)?.title ?? name;
  const perCore = ({ cpuMs }: CpuFigure) => Math.round(1000 / cpuMs.median).toLocaleString('en-US');
  const cpuRows = cpu.map((figure) => [
    figure.workload.title,
    title(figure.gateway),
    spread(figure.ratio),
    figure.cpuMs.median.toFixed(3),
    perCore(figure),
    (1 / figure.ratio.median).toFixed(2),
  ]);
  const otherRows = gateways.flatMap(({ name }) => {
    const event = firstEvent.get(name);
    if (!event) return [];
    const peak = memory.get(name);
    const response = firstResponse.get(name);
    return [
      [
        title(name),
        spread(event),
        peak ? spread(peak.ratio) : '',
        peak ? peak.mebibytes.median.toFixed(0) : '',
        response ? spread(response, 0) : '',
      ],
    ];
  });
  return `Measured on ${new Date().toISOString().slice(0, 10)}, ${await versions()}, on ${machine()}: ${rest.rounds} rounds of
blocks of ${rest.blockMs / 1000} s. A figure is the median of its rounds, with the quarter and three-quarter marks in brackets.

### CPU of the gateway per request

${table(['Work', 'Gateway', 'CPU ratio', 'CPU, ms', 'Requests per second and core', 'The same, ratio'], cpuRows)}

### Time and memory

${table(['Gateway', 'First event, ms over bare', 'Peak memory ratio', 'Peak memory, MiB', 'First response of a new process, ms over bare'], otherRows)}

Cedalion's bundle: ${rest.bundleKibibytes.toFixed(1)} KiB gzip.
`;
}

function spread({ median, low, high }: Summary, digits = 2): string {
  return `${median.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
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
