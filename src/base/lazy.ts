/**
 * Creates a value on first use and keeps it. Creating the schemas of all routes takes about 10 ms, which a
 * fresh isolate would spend before its first answer. Created one by one, a route only pays for its own.
 */
export function lazy<T extends object>(make: () => T): () => T {
  let value: T | undefined;
  return () => {
    value ??= make();
    return value;
  };
}
