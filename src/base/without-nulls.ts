/**
 * The fields that have a value: SDKs send null for what is not set, and many hosts reject it.
 *
 * @returns the same object if all have one
 */
export function withoutNulls(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  for (const name in fields) {
    if (fields[name] == null) return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null));
  }
  return fields;
}
