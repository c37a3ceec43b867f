/**
 * Makes a value on first use and keeps it. Building the schemas of all routes takes about 10 ms, which a fresh isolate
 * would spend before its first answer; built one by one, a route pays for its own only.
 */
export function lazy<T extends object>(make: () => T): () => T {
  let value: T | undefined;
  return () => {
    value ??= make();
    return value;
  };
}
