import { range, table } from './markdown.ts';
import type { Results } from './results.ts';
import { workloads } from './workloads/all.ts';
import { largestRequests } from './workloads/largest.ts';

/** The tables of docs/benchmarks.md. */

export function mainTable({ figures, gateways }: Results): string {
  const rows = workloads
    .filter(({ tables }) => tables.includes('main'))
    .flatMap((workload) =>
      gateways.flatMap(({ kind, name, title }) => {
        const ratio = figures.get(`cpu_ratio.${workload.name}.${name}`);
        const cpuMs = figures.get(`cpu_ms.${workload.name}.${name}`);
        if (!workload.gateways.includes(kind) || !ratio || !cpuMs) return [];
        const perCore = Math.round(1000 / cpuMs.median).toLocaleString('en-US');
        return [[workload.title, title, range(ratio), cpuMs.median.toFixed(3), perCore, (1 / ratio.median).toFixed(2)]];
      }),
    );
  return table(['Work', 'Gateway', 'CPU ratio', 'CPU, ms', 'Requests per second and core', 'The same, ratio'], rows);
}

export function growthTable({ figures }: Results): string {
  const rows = workloads
    .filter(({ tables }) => tables.includes('growth'))
    .map(({ name, title, gateways: [base] }) => [
      title,
      figures.get(`cpu_ms.${name}.${base}`)?.median.toFixed(3) ?? '',
      figures.get(`cpu_ms.${name}.cedalion`)?.median.toFixed(3) ?? '',
      range(figures.get(`cpu_ratio.${name}.cedalion`)),
    ]);
  return table(['Request', 'Base, CPU ms', 'Cedalion, CPU ms', 'Ratio'], rows);
}

export function memoryTable({ figures, gateways }: Results): string {
  const rows = gateways
    .filter(({ kind }) => kind !== 'static')
    .map(({ name, title }) => [
      title,
      range(figures.get(`first_event_ms.${name}`)),
      range(figures.get(`first_response_ms.${name}`), 0),
      range(figures.get(`memory_ratio.${name}`)),
      range(figures.get(`memory_mib.${name}`), 0),
      range(figures.get(`plateau_ratio.${name}`)),
      range(figures.get(`plateau_mib.${name}`), 0),
    ]);
  const head = [
    'Gateway',
    'First event, ms over bare',
    'First response of a new process, ms over bare',
    'Peak memory, ratio',
    'Peak memory, MiB',
    'Memory after 30,000 chats, ratio',
    'Memory after 30,000 chats, MiB',
  ];
  return table(head, rows);
}

export function peakTable({ figures }: Results): string {
  const row = (title: string, peak: string, live: string) => [
    title,
    range(figures.get(`${peak}.cedalion`), 0),
    range(figures.get(`${live}.cedalion`), 0),
  ];
  return table(
    ['Request', 'Peak of one, MiB added', 'Live, four at once, MiB'],
    [
      ...largestRequests.map(({ name, title }) => row(title, `peak_mib.${name}`, `live_mib.${name}`)),
      row('Four of another kind each', '', 'live_mib.different'),
      row('Four of the one with the highest peak: their peak', 'four_largest_mib', ''),
    ],
  );
}
