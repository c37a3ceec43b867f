import type { GatewayName } from './gateways.ts';
import type { CpuFigure } from './measure.ts';
import type { Results } from './report.ts';

const COLORS: Readonly<Record<GatewayName, string>> = {
  bare: '#9aa5b1',
  static: '#9aa5b1',
  cedalion: '#d97706',
  'bare-node': '#64748b',
  portkey: '#7c3aed',
};
const LEFT = 350;
const RIGHT = 60;
const BAR = 16;
const GAP = 14;
const UNIT = 60;

/** Bars of CPU per request, a group for each kind of work; the line at 1 is what each group is divided by. */
export function plot({ cpu, gateways }: Results): string {
  const groups = Map.groupBy(cpu, ({ workload }) => workload);
  const most = Math.max(...cpu.map(({ ratio }) => ratio.median));
  const width = LEFT + most * UNIT + RIGHT;
  const lines: string[] = [];
  let y = 50;
  for (const [workload, figures] of groups) {
    const top = y;
    for (const { gateway, ratio } of inOrder(figures, workload.gateways)) {
      lines.push(
        `<rect x="${LEFT}" y="${y}" width="${(ratio.median * UNIT).toFixed(1)}" height="${BAR - 2}" fill="${COLORS[gateway]}"/>`,
        `<text x="${(LEFT + ratio.median * UNIT + 5).toFixed(1)}" y="${y + 11}">${ratio.median.toFixed(2)}</text>`,
      );
      y += BAR;
    }
    lines.push(
      `<text x="${LEFT - 8}" y="${(top + y) / 2 + 3}" text-anchor="end">${workload.title.replace(/ \(.*\)$/, '')}</text>`,
    );
    y += GAP;
  }
  const shown = gateways.filter(({ name }) => cpu.some(({ gateway }) => gateway === name));
  const legend = shown.map(
    ({ name, title }, i) =>
      `<rect x="${8 + i * 172}" y="${y + 2}" width="10" height="10" fill="${COLORS[name]}"/><text x="${22 + i * 172}" y="${y + 11}">${title}</text>`,
  );
  const height = y + 24;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.max(width, 880).toFixed()}" height="${height}" font-family="system-ui, sans-serif" font-size="12" fill="#1f2937" role="img" aria-label="CPU of the gateway per request, as a ratio to the least a Worker can do">
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="8" y="22" font-size="15">CPU of the gateway per request; 1 = the least that a Worker can do for it</text>
${lines.join('\n')}
<line x1="${LEFT + UNIT}" y1="40" x2="${LEFT + UNIT}" y2="${y - GAP + 6}" stroke="#1f2937" stroke-dasharray="3 3"/>
${legend.join('\n')}
</svg>
`;
}

function inOrder(figures: readonly CpuFigure[], order: readonly GatewayName[]): CpuFigure[] {
  return figures.toSorted((a, b) => order.indexOf(a.gateway) - order.indexOf(b.gateway));
}
