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
const TOP = 60;
const LEFT = 350;
const BAR = 16;
const GAP = 14;
/** A doubling, in pixels: ratios are drawn by their logarithm, from the line at 1 on. */
const DOUBLING = 84;
const TICKS: readonly number[] = [0.5, 1, 2, 4, 8, 16, 32];
const WIDTH = 940;

const x = (ratio: number) => LEFT + (Math.log2(ratio) + 1) * DOUBLING;

/** CPU per request, a group of bars for each kind of work; the line at 1 is what each group is divided by. */
export function plot({ cpu, gateways }: Results): string {
  const bars: string[] = [];
  let y = TOP;
  for (const [{ title, gateways: order }, figures] of Map.groupBy(cpu, ({ workload }) => workload)) {
    const others = figures.filter(({ gateway }) => gateway !== order[0]);
    const middle = y + (others.length * BAR) / 2 + 3;
    bars.push(`<text x="${LEFT - 8}" y="${middle}" text-anchor="end">${title.replace(/ \(.*\)$/, '')}</text>`);
    for (const figure of others) {
      bars.push(bar(figure, y));
      y += BAR;
    }
    y += GAP;
  }
  const grid = TICKS.map(
    (tick) =>
      `<line x1="${x(tick)}" y1="${TOP - 8}" x2="${x(tick)}" y2="${y - GAP + 4}" stroke="${tick === 1 ? '#1f2937' : '#e5e7eb'}"/>` +
      `<text x="${x(tick)}" y="${TOP - 14}" text-anchor="middle">${tick}</text>`,
  );
  const named = gateways.filter(({ name }) => name !== 'bare' && name !== 'static');
  const legend = named.map(
    ({ name, title }, i) =>
      `<rect x="${LEFT + i * 190}" y="${y}" width="10" height="10" fill="${COLORS[name]}"/>` +
      `<text x="${LEFT + 15 + i * 190}" y="${y + 9}">${title}</text>`,
  );
  const label = 'CPU of the gateway per request; 1 = the least that a Worker can do for it; logarithmic';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 20}" width="${WIDTH}" height="${y + 20}" font-family="system-ui, sans-serif" font-size="12" fill="#1f2937" role="img" aria-label="${label}">
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="8" y="22" font-size="15">${label}</text>
${[...grid, ...bars, ...legend].join('\n')}
</svg>
`;
}

function bar({ gateway, ratio: { median } }: CpuFigure, y: number): string {
  const [from, to] = [Math.min(1, median), Math.max(1, median)];
  const width = (x(to) - x(from)).toFixed(1);
  return (
    `<rect x="${x(from).toFixed(1)}" y="${y}" width="${width}" height="${BAR - 2}" fill="${COLORS[gateway]}"/>` +
    `<text x="${(x(to) + 5).toFixed(1)}" y="${y + 11}">${median.toFixed(2)}</text>`
  );
}
