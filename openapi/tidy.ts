export type JsonSchema = { [keyword: string]: unknown };

const SAFE = Number.MAX_SAFE_INTEGER;

/**
 * Shortens a generated schema without changing its meaning: no identifiers of its own, no bounds that only
 * mean "an integer", a nullable value as one type. Adds the description of each field.
 */
export function tidy(schema: JsonSchema, descriptions: Readonly<Record<string, string>> = {}): JsonSchema {
  const { $schema: _, $id: __, ...own } = schema;
  const simple = simplify(own) as JsonSchema & { properties?: Record<string, JsonSchema> };
  for (const [field, description] of Object.entries(descriptions)) {
    const property = simple.properties?.[field];
    if (!property) throw new Error(`No request has the field ${field}.`);
    property.description = description;
  }
  return simple;
}

function simplify(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(simplify);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([keyword, inner]): [string, unknown][] => {
    if (keyword === 'additionalProperties' && isEmpty(inner)) return [[keyword, true]];
    if ((keyword === 'minimum' && inner === -SAFE) || (keyword === 'maximum' && inner === SAFE)) return [];
    return [[keyword, simplify(inner)]];
  });
  return flatten(Object.fromEntries(entries));
}

/** `anyOf` of one type and null becomes that type or null; `anyOf` within `anyOf` becomes one. */
function flatten(schema: JsonSchema): JsonSchema {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf)) return schema;
  const choices = (anyOf as JsonSchema[]).flatMap((choice) =>
    Array.isArray(choice.anyOf) && Object.keys(choice).length === 1 ? (choice.anyOf as JsonSchema[]) : [choice],
  );
  const [first, second] = choices;
  if (choices.length === 2 && first && second?.type === 'null' && typeof first.type === 'string') {
    const values = Array.isArray(first.enum) ? { enum: [...first.enum, null] } : {};
    return { ...rest, ...first, ...values, type: [first.type, 'null'] };
  }
  return { ...rest, anyOf: choices };
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
