import { MAX_HOOK_FIELD_CHARACTERS } from '../../base/sizes.ts';
import type { Read } from '../../base/templates/fill.ts';

/** The JSON of an event. */
export type Event = Readonly<Record<string, unknown>>;

/** Reads the fields of an event for the places of a template: of several paths, the first that has a text. */
export function fieldsOf(event: Event): Read {
  return (paths) => {
    for (const path of paths) {
      const value = valueAt(path, event);
      if (typeof value === 'string' && value !== '') return value.slice(0, MAX_HOOK_FIELD_CHARACTERS);
      if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    }
    return '';
  };
}

/** `issue.labels.0.name` */
export function valueAt(path: string, event: Event): unknown {
  let value: unknown = event;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
