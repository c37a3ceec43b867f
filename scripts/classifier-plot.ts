export const METHODS = ['prototype', 'ridge', 'auto'] as const;

/** What was measured with one number of examples of each label. */
export interface Row {
  readonly examples: number;
  readonly accuracy: Readonly<Record<(typeof METHODS)[number], number>>;
  /** Of `auto`. */
  readonly estimate: number | null;
  readonly score: number;
  readonly ridge: number;
}

/** What was measured on one kind of inputs. */
export interface Measured {
  readonly title: string;
  readonly labels: number;
  readonly fromNames: number;
  readonly rows: readonly Row[];
}

const WIDTH = 640;
const HEIGHT = 320;
const [LEFT, RIGHT, TOP, BOTTOM] = [52, 130, 44, 44];
const LINES = [
  { method: 'auto', color: '#d97706', width: 5 },
  { method: 'ridge', color: '#7c3aed', width: 2 },
  { method: 'prototype', color: '#64748b', width: 2 },
] as const;

/** Accuracy by the number of examples of each label, which is logarithmic. */
export function plotAccuracy({ rows, fromNames, labels }: Measured): string {
  const last = rows.at(-1);
  const most = Math.log2(last?.examples ?? 2);
  const x = (examples: number) => LEFT + (Math.log2(examples) / most) * (WIDTH - LEFT - RIGHT);
  const y = (share: number) => HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(share)}" y2="${y(share)}" stroke="#e5e7eb"/>` +
      `<text x="${LEFT - 8}" y="${y(share) + 4}" text-anchor="end">${100 * share}%</text>`,
  );
  const ticks = rows.map(
    ({ examples }) => `<text x="${x(examples)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${examples}</text>`,
  );
  const level = (share: number, name: string) =>
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(share)}" y2="${y(share)}" stroke="#1f2937" stroke-dasharray="4 4"/>` +
    `<text x="${WIDTH - RIGHT + 8}" y="${y(share) + 4}">${name}</text>`;
  const lines = LINES.map(({ method, color, width }) => {
    const points = rows.map(({ examples, accuracy }) => `${x(examples).toFixed(1)},${y(accuracy[method]).toFixed(1)}`);
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${color}" stroke-width="${width}"/>`;
  });
  const names = LINES.map(
    ({ method, color }, i) =>
      `<rect x="${WIDTH - RIGHT + 8}" y="${TOP + 6 + 18 * i}" width="10" height="10" fill="${color}"/>` +
      `<text x="${WIDTH - RIGHT + 24}" y="${TOP + 15 + 18 * i}">${method}</text>`,
  );
  const label = `Right answers for ${labels} kinds of drawings that the model does not know`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="system-ui, sans-serif" font-size="12" fill="#1f2937" role="img" aria-label="${label}">
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="8" y="22" font-size="15">${label}</text>
${[...grid, ...ticks, level(fromNames, 'names alone'), ...lines, ...names].join('\n')}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">examples of each label</text>
</svg>
`;
}
