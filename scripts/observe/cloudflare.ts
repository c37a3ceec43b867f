import type { Query, Row } from './query.ts';

export interface Account {
  /** Ends without a slash. */
  readonly api: string;
  readonly id: string;
  readonly token: string;
  /** The name of the Worker. */
  readonly service: string;
}

interface Answer {
  readonly result?: {
    readonly events?: { readonly events?: readonly { readonly source: unknown }[] };
    readonly calculations?: readonly {
      readonly alias?: string;
      readonly aggregates: readonly {
        readonly value: number;
        readonly groups?: readonly { readonly key: string; readonly value: unknown }[];
      }[];
    }[];
  };
  readonly errors?: readonly { readonly message: string }[];
}

/**
 * Runs a query on the log of a deployed Worker.
 *
 * @param hours back from now
 * @throws Error with what the API says
 */
export async function ask(query: Query, hours: number, { api, id, token, service }: Account): Promise<readonly Row[]> {
  const { parameters, view, columns = [] } = query;
  const ofWorker = { key: '$metadata.service', operation: 'eq', type: 'string', value: service };
  const to = Date.now();
  const answer = await fetch(`${api}/accounts/${id}/workers/observability/telemetry/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      queryId: `cedalion-${query.name}`,
      view,
      timeframe: { from: to - hours * 3_600_000, to },
      parameters: {
        datasets: ['cloudflare-workers'],
        filterCombination: 'and',
        ...parameters,
        filters: [ofWorker, ...parameters.filters],
      },
    }),
  });
  const { result, errors } = (await answer.json()) as Answer;
  if (!answer.ok || !result) {
    throw new Error(`Cloudflare answered with ${answer.status}: ${errors?.map(({ message }) => message).join(' ')}`);
  }
  if (view === 'events') {
    const sources = (result.events?.events ?? []).map(({ source }) => source as Row);
    return sources.map((source) => Object.fromEntries(columns.map((column) => [column, source[column]])));
  }
  const rows = new Map<string, Record<string, unknown>>();
  for (const { alias = '', aggregates } of result.calculations ?? []) {
    for (const { groups = [], value } of aggregates) {
      const name = JSON.stringify(groups);
      const row = rows.get(name) ?? Object.fromEntries(groups.map((group) => [group.key, group.value]));
      rows.set(name, Object.assign(row, { [alias]: value }));
    }
  }
  return [...rows.values()];
}
