/**
 * The query string as the fields of a JSON body. Outside of lists, what looks like a number or a boolean
 * becomes one.
 */
export function readQuery(url: string, lists: readonly string[] = []): Record<string, unknown> {
  const query = new URL(url).searchParams;
  const fields: Record<string, unknown> = {};
  for (const name of new Set(query.keys())) {
    fields[name] = lists.includes(name) ? query.getAll(name) : scalarOf(query.get(name) ?? '');
  }
  return fields;
}

/** A value that came as text, as the JSON value that it looks like. */
export function scalarOf(text: string): string | number | boolean {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return text === 'true' || text === 'false' ? text === 'true' : text;
}
