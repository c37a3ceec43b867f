/**
 * What an isolate remembers from request to request. Each of these is kept by the one file that names it; an
 * isolate can end at any time without notice, so all of them can be lost.
 */
type Name =
  | 'answer-copies'
  | 'answer-flights'
  | 'answer-stores'
  | 'answers'
  | 'app-check-keys'
  | 'cache-generations'
  | 'day-text'
  | 'failing-targets'
  | 'isolate-id'
  | 'key-records'
  | 'kv-writes'
  | 'leases'
  | 'model-facts'
  | 'not-counting'
  | 'quirks'
  | 'session-secret'
  | 'session-targets'
  | 'trained-classifiers'
  | 'unwritten-subjects'
  | 'unwritten-usage'
  | 'vectors'
  | 'verified-tokens';

interface State {
  readonly value: object;
  reset(): void;
}

const states = new Map<Name, State>();

/** @returns a Map, or an object whose fields can be set. It stays the same object. */
export function isolateState<T extends object>(name: Name, create: () => T): T {
  const value = create();
  const reset = () => {
    if (value instanceof Map) value.clear();
    else Object.assign(value, create());
  };
  states.set(name, { value, reset });
  return value;
}

/** For tests: what follows sees a new isolate, or one that has lost only what is named. */
export function resetIsolate(...names: Name[]): void {
  for (const name of names.length > 0 ? names : states.keys()) states.get(name)?.reset();
}

/** For tests of its limits. */
export const stateOf = (name: Name): unknown => states.get(name)?.value;
