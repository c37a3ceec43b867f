import type { Figures } from './figures.ts';
import { range, table } from './markdown.ts';
import { type FigureName, figure } from './named.ts';

interface Target {
  readonly title: string;
  readonly figure: FigureName;
  readonly most: number;
  readonly digits?: number;
  readonly prefix?: string;
  readonly unit?: string;
}

const OVER_BARE = 'CPU over bare';

const TARGETS: readonly Target[] = [
  { title: `Chat, complete answer, 1 KB: ${OVER_BARE}`, figure: 'chat_json_cpu', most: 1.55 },
  { title: `Chat, complete answer, 30 KB: ${OVER_BARE}`, figure: 'chat_30k_cpu', most: 1.6 },
  { title: `Chat, complete answer, 1 MB of text: ${OVER_BARE}`, figure: 'chat_1m_cpu', most: 2 },
  { title: 'Leased limits: CPU added to a chat with a key, of the bare Worker', figure: 'lease_added_cpu', most: 0.05 },
  { title: `Stream of 10 events: ${OVER_BARE}`, figure: 'stream_10_cpu', most: 2.6 },
  { title: `Stream of 200 events: ${OVER_BARE}`, figure: 'stream_200_cpu', most: 1.5 },
  { title: `Stream of 2,000 events: ${OVER_BARE}`, figure: 'stream_2000_cpu', most: 1.3 },
  { title: 'First event', figure: 'ttft_added_ms', most: 0.6, prefix: '+', unit: ' ms' },
  { title: `Embedding of one text, not stored: ${OVER_BARE}`, figure: 'embeddings_through_cpu', most: 1.65 },
  { title: 'Embeddings of 100 new texts: CPU', figure: 'embeddings_100_cold_ms', most: 4, unit: ' ms' },
  { title: 'Similarity 1 x 100, cached: CPU over static', figure: 'similarity_warm_vs_static_cpu', most: 2.3 },
  { title: 'Similarity 1 x 1,000, cached: CPU over static', figure: 'similarity_1000_cpu', most: 8 },
  { title: 'First response', figure: 'first_response_added_ms', most: 8, digits: 1, prefix: '+', unit: ' ms' },
  { title: 'Resident memory after 30,000 chats, over bare', figure: 'memory_plateau', most: 1.15 },
  {
    title: 'Peak memory of the largest request',
    figure: 'largest_request_mib',
    // 48 MB.
    most: 45.8,
    digits: 1,
    prefix: '+',
    unit: ' MiB',
  },
  {
    title: 'Live memory of four of the largest requests at once',
    figure: 'four_largest_live_mib',
    // 128 MB.
    most: 122,
    digits: 0,
    unit: ' MiB',
  },
  { title: 'Bundle, gzip', figure: 'bundle_gzip_kib', most: 45, digits: 1, unit: ' KiB' },
];

/** The targets beside what was measured. They are no gate: nothing fails if one is missed. */
export function targetTable(figures: Figures): string {
  const rows = TARGETS.map(({ title, figure: name, most, digits = 2, prefix = '', unit = '' }) => {
    const measured = figure(figures, name);
    const result = !measured ? 'not measured' : measured.median <= most ? 'met' : 'missed';
    return [title, `${prefix}${most}${unit}`, measured ? `${prefix}${range(measured, digits)}${unit}` : '', result];
  });
  return table(['Figure', 'Target, at most', 'Measured', 'Result'], rows);
}
