import { invalidField } from './form-pieces.ts';
import type { NestedItems } from './intake.ts';
import { type PartName, partOf } from './part-names.ts';

/**
 * The fields of a form, or of a query string, as the list of objects that JSON has: the first `input` belongs
 * to the first `label`, and a single `label` to all.
 *
 * @param fields with a list for the items, and for what is beside each
 * @throws ApiError `invalid_parameter` if their numbers differ
 */
export function nest(fields: Record<string, unknown>, field: string, { list, beside }: NestedItems) {
  const { [field]: items = [], [beside]: all = [], ...others } = fields as Record<string, unknown[]>;
  if (items.length === 0 && all.length === 0) return others;
  if (all.length !== 1 && all.length !== items.length) {
    const what = `must appear once, for all, or as often as \`${field}\`: it appears ${all.length} times, and \`${field}\` ${items.length} times`;
    throw invalidField(beside, what);
  }
  const nested = items.map((item, i) => ({ [field]: item, [beside]: all[all.length === 1 ? 0 : i] }));
  return { ...others, [list]: nested };
}

/** `input[2]` for `examples[2].input`. */
export function nestedName(field: string, { list }: NestedItems, count: number): PartName {
  const item = new RegExp(`^${list}\\[(\\d+)\\]\\.(\\w+)`);
  return (path) => (path === list ? field : path.replace(item, (_, i, name) => partOf(name, Number(i), count)));
}
