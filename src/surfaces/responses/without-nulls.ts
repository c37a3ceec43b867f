import type { JsonObject } from '../../call/tasks.ts';

/** Fields that have a value: many hosts reject null, which SDKs send for what is not set. */
export function withoutNulls(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null));
}
