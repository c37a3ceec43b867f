import type { GatewayKind } from './gateways.ts';
import type { Results } from './results.ts';
import { workloads } from './workloads/all.ts';

const COLORS: Readonly<Record<GatewayKind, string>> = {
  bare: '#9aa5b1',
  static: '#9aa5b1',
  cedalion: '#d97706',
  'bare-node': '#64748b',
  portkey: '#7c3aed',
  'portkey-workerd': '#c084fc',
  'portkey-cache': '#c084fc',
};
const TOP = 60;
const LEFT = 400;
const LEGEND = 200;
const BAR = 16;
const GAP = 14;
/** Pixels of a factor of two: the scale is logarithmic, and bars begin at 1. */
const DOUBLING = 84;
const TICKS: readonly number[] = [0.5, 1, 2, 4, 8, 16, 32];
const WIDTH = 990;

const x = (ratio: number) => LEFT + (Math.log2(ratio) + 1) * DOUBLING;

/**
 * CPU per request, a group of bars per workload. Each group is divided by its first gateway, the line at 1.
 */
export function plot({ figures, gateways }: Results): string {
  const bars: string[] = [];
  let y = TOP;
  for (const { name, title, gateways: order, tables } of workloads) {
    if (!tables.includes('main')) continue;
    const others = order.slice(1);
    const middle = y + (others.length * BAR) / 2 + 3;
    bars.push(`<text x="${LEFT - 8}" y="${middle}" text-anchor="end">${title.replace(/ \(.*\)$/, '')}</text>`);
    for (const kind of others) {
      bars.push(bar(kind, figures.get(`cpu_ratio.${name}.${kind}`)?.median ?? 1, y));
      y += BAR;
    }
    y += GAP;
  }
  const grid = TICKS.map(
    (tick) =>
      `<line x1="${x(tick)}" y1="${TOP - 8}" x2="${x(tick)}" y2="${y - GAP + 4}" stroke="${tick === 1 ? '#1f2937' : '#e5e7eb'}"/>` +
      `<text x="${x(tick)}" y="${TOP - 14}" text-anchor="middle">${tick}</text>`,
  );
  const named = gateways.filter(({ kind }) => kind !== 'bare' && kind !== 'static');
  const legend = named.map(
    ({ kind, title }, i) =>
      `<rect x="${LEGEND + i * 190}" y="${y}" width="10" height="10" fill="${COLORS[kind]}"/>` +
      `<text x="${LEGEND + 15 + i * 190}" y="${y + 9}">${title}</text>`,
  );
  const label = 'CPU of the gateway per request; 1 = a minimal Worker; logarithmic';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 20}" width="${WIDTH}" height="${y + 20}" font-family="system-ui, sans-serif" font-size="12" fill="#1f2937" role="img" aria-label="${label}">
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="8" y="22" font-size="15">${label}</text>
${[...grid, ...bars, ...legend].join('\n')}
</svg>
`;
}

function bar(kind: GatewayKind, ratio: number, y: number): string {
  const [from, to] = [Math.min(1, ratio), Math.max(1, ratio)];
  const width = (x(to) - x(from)).toFixed(1);
  return (
    `<rect x="${x(from).toFixed(1)}" y="${y}" width="${width}" height="${BAR - 2}" fill="${COLORS[kind]}"/>` +
    `<text x="${(x(to) + 5).toFixed(1)}" y="${y + 11}">${ratio.toFixed(2)}</text>`
  );
}
