/**
 * Not a literal, so that scripts are not checked together with the Worker: the types of Node and of workerd
 * contradict each other.
 */
const RESOLVE = '../src/hosts/models/resolve.ts';

interface Unset {
  readonly values: object;
  readonly modelNames: object;
}
const { taskOf }: { taskOf(name: string, settings: Unset): string | undefined } = await import(RESOLVE);

/**
 * Whether the Worker knows a model by this name, whatever its settings are. Names of MODEL_NAMES are not
 * known here.
 */
export function isModel(name: string): boolean {
  return taskOf(name, { values: {}, modelNames: {} }) !== undefined;
}
