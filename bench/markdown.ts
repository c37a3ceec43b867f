import type { Summary } from './statistics.ts';

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** The median, with the lowest and the highest run in brackets. Empty if it was not measured. */
export function range(summary: Summary | undefined, digits = 2): string {
  if (!summary) return '';
  const [median, low, high] = [summary.median, summary.low, summary.high].map((value) => value.toFixed(digits));
  return median === low && median === high ? `${median}` : `${median} (${low} to ${high})`;
}
