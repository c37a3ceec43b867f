import { NO_CONTROLS } from '../base/text.ts';

/**
 * A check of usual requests, in one pass and without a copy, for the routes that are asked most or have long
 * lists. Most requests have few fields, of simple types: validating a chat by its schema takes 1 to 4 us, a
 * list of 2,048 texts 137 us instead of 1.3, and creating the schema takes a new isolate some milliseconds.
 * What the check does not accept, the schema decides. A test shows for each route that the schema accepts
 * whatever its check accepts, and leaves it unchanged.
 * Measured: docs/decisions/2026-12-01-what-is-worth-its-lines.md
 */

export type Check = (value: unknown) => boolean;

/**
 * Accepts an object that has all required fields, and no others than those listed, each with an accepted
 * value.
 */
export function usual(required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>>): Check {
  const count = Object.keys(required).length;
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    let found = 0;
    for (const name in value) {
      const field = (value as Record<string, unknown>)[name];
      const check = Object.hasOwn(required, name) ? required[name] : undefined;
      if (check) found++;
      else if (!Object.hasOwn(optional, name)) return false;
      if (!(check ?? (optional[name] as Check))(field)) return false;
    }
    return found === count;
  };
}

export const isName: Check = (value) =>
  typeof value === 'string' && value.length > 0 && value.length <= 200 && NO_CONTROLS.test(value);
export const isText: Check = (value) => typeof value === 'string';
export const isFlag: Check = (value) => typeof value === 'boolean';
export const isInRange =
  (least: number, most: number): Check =>
  (value) =>
    typeof value === 'number' && value >= least && value <= most;
export const isCount =
  (least: number, most: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;

/** A list of strings, at least one. */
export const isTexts =
  (most: number): Check =>
  (value) => {
    if (!Array.isArray(value) || value.length === 0 || value.length > most) return false;
    for (const entry of value) if (typeof entry !== 'string') return false;
    return true;
  };
