import type { Calculation, Filter, Query, Row } from './query.ts';

/** A line of the log, as it was parsed. */
type Line = Readonly<Record<string, unknown>>;

/** What a query finds in lines of the log, as Workers Observability would. */
export function evaluate({ view, columns = [], parameters }: Query, lines: readonly Line[]): readonly Row[] {
  const found = lines.filter((line) => parameters.filters.every((filter) => passes(filter, line)));
  if (view === 'events') return found.map((line) => rowOf(columns, (column) => line[column]));
  const names = (parameters.groupBys ?? []).map(({ value }) => value);
  const groups = Map.groupBy(found, (line) => JSON.stringify(names.map((name) => valueAt(line, name))));
  const { calculations = [] } = parameters;
  const rows = [...groups.values()].map((group) => ({
    ...rowOf(names, (name) => valueAt(group[0] as Line, name)),
    ...Object.fromEntries(calculations.map((calculation) => [calculation.alias, calculate(calculation, group)])),
  }));
  const first = calculations[0]?.alias ?? '';
  return rows.sort((a: Row, b: Row) => Number(b[first]) - Number(a[first]));
}

const rowOf = (names: readonly string[], value: (name: string) => unknown): Row =>
  Object.fromEntries(names.map((name) => [name, value(name)]));

/** Members of objects are named with a dot. */
function valueAt(line: Line, key: string): unknown {
  let value: unknown = line;
  for (const name of key.split('.')) value = (value as Line | undefined)?.[name];
  return value;
}

function passes({ key, operation, value = '' }: Filter, line: Line): boolean {
  const found = valueAt(line, key);
  if (operation === 'exists') return found !== undefined;
  if (operation === 'starts_with') return typeof found === 'string' && found.startsWith(value);
  return found === value;
}

function calculate({ operator, key = '' }: Calculation, lines: readonly Line[]): number {
  if (operator === 'count') return lines.length;
  const values = lines
    .map((line) => valueAt(line, key))
    .filter((value) => typeof value === 'number')
    .sort((a, b) => a - b);
  if (operator === 'sum') return values.reduce((sum, value) => sum + value, 0);
  const share = operator === 'median' ? 0.5 : 0.95;
  return values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
}
