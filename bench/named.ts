import type { Figures } from './figures.ts';
import type { Summary } from './statistics.ts';

/**
 * The figures that have a name: those of the last line of a run, and of the targets. The gateway's name
 * follows the key; of all keys that a star matches, the figure is the highest.
 */
const NAMED = {
  chat_json_cpu: 'cpu_ratio.chat_json',
  chat_key_cpu: 'cpu_ratio.chat_key',
  chat_token_cpu: 'cpu_ratio.chat_token',
  chat_leased_cpu: 'cpu_ratio.chat_leased',
  lease_added_cpu: 'lease_added',
  chat_exact_cpu: 'cpu_ratio.chat_exact',
  chat_30k_cpu: 'cpu_ratio.chat_30k',
  chat_1m_cpu: 'cpu_ratio.chat_1m',
  stream_10_cpu: 'cpu_ratio.stream_10',
  stream_200_cpu: 'cpu_ratio.stream_200',
  stream_2000_cpu: 'cpu_ratio.stream_2000',
  ttft_added_ms: 'first_event_ms',
  embeddings_through_cpu: 'cpu_ratio.embeddings_through',
  embeddings_100_cold_ms: 'cpu_ms.embeddings_100_cold',
  similarity_warm_vs_static_cpu: 'cpu_ratio.similarity_warm',
  similarity_1000_cpu: 'cpu_ratio.similarity_1000',
  memory: 'memory_ratio',
  memory_plateau: 'plateau_ratio',
  largest_request_mib: 'peak_mib.*',
  four_largest_live_mib: 'live_mib.*',
  first_response_added_ms: 'first_response_ms',
  bundle_gzip_kib: 'bundle_gzip_kib',
} as const;

export type FigureName = keyof typeof NAMED;

export function figure(figures: Figures, name: FigureName, gateway = 'cedalion'): Summary | undefined {
  const key = `${NAMED[name]}.${gateway}`;
  if (!key.includes('*')) return figures.get(key);
  const [begin = '', end = ''] = key.split('*');
  const matching = [...figures].filter(([other]) => other.startsWith(begin) && other.endsWith(end));
  return matching.toSorted(([, a], [, b]) => b.median - a.median)[0]?.[1];
}

/** Those of one gateway that were measured. */
export function namedFigures(figures: Figures, gateway: string): [FigureName, Summary][] {
  return (Object.keys(NAMED) as FigureName[]).flatMap((name) => {
    const summary = figure(figures, name, gateway);
    return summary ? [[name, summary]] : [];
  });
}
