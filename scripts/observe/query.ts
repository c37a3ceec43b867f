/**
 * A query as Workers Observability takes it. Source:
 * https://developers.cloudflare.com/api/resources/workers/subresources/observability
 */
export interface Query {
  readonly name: string;
  readonly question: string;
  /** The option whose value stands for `{...}` in its filters. */
  readonly needs?: 'request' | 'caller';
  readonly view: 'events' | 'calculations';
  /** Of events: the fields to show. */
  readonly columns?: readonly string[];
  readonly parameters: Parameters;
}

export interface Parameters {
  readonly filters: readonly Filter[];
  readonly calculations?: readonly Calculation[];
  readonly groupBys?: readonly { readonly type: string; readonly value: string }[];
}

export interface Filter {
  readonly key: string;
  readonly operation: 'eq' | 'exists' | 'starts_with';
  readonly type: string;
  readonly value?: string;
}

export interface Calculation {
  readonly operator: 'count' | 'sum' | 'median' | 'p95';
  readonly key?: string;
  readonly keyType?: string;
  readonly alias: string;
}

/** Rows of a table: the cells by the names of their columns. */
export type Row = Readonly<Record<string, unknown>>;

/** The query with the value of its option in its filters. */
export function filled(query: Query, value: string | undefined): Query {
  if (query.needs === undefined || value === undefined) return query;
  const filters = query.parameters.filters.map((filter) =>
    filter.value === `{${query.needs}}` ? { ...filter, value } : filter,
  );
  return { ...query, parameters: { ...query.parameters, filters } };
}
