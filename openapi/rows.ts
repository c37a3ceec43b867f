import type { JsonSchema } from './tidy.ts';

export interface Row {
  /** `choices[].message.content` */
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
}

/**
 * All fields of a schema as rows of a table, including those of nested objects and lists; or its alternatives
 * by title.
 */
export function rowsOf(schema: JsonSchema, components: Record<string, JsonSchema>, prefix = ''): Row[] {
  const {
    properties = {},
    required = [],
    anyOf = [],
  } = resolved(schema, components) as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
    anyOf?: JsonSchema[];
  };
  const titled = anyOf.flatMap(({ title, description = '', ...rest }) =>
    title ? [{ path: String(title), type: typeOf(rest), required: true, description: String(description) }] : [],
  );
  if (titled.length > 0) return titled;
  return Object.entries(properties).flatMap(([name, property]) => {
    const path = `${prefix}${name}`;
    const row = {
      path,
      type: typeOf(property),
      required: required.includes(name),
      description: [property.description, defaultOf(property)].filter(Boolean).join(' '),
    };
    return [row, ...within(property, components, path)];
  });
}

/** The fields of an object or of a list's entries. Fields of alternatives are only in the document. */
function within(schema: JsonSchema, components: Record<string, JsonSchema>, path: string): Row[] {
  const own = resolved(schema, components);
  const object = own.properties
    ? own
    : ((own.anyOf as JsonSchema[] | undefined)?.find(({ properties }) => properties) ?? own);
  const items = own.items as JsonSchema | undefined;
  if (object.properties && !Array.isArray(own.anyOf)) return rowsOf(object, components, `${path}.`);
  if (items && resolved(items, components).properties) return rowsOf(items, components, `${path}[].`);
  return [];
}

function resolved(schema: JsonSchema, components: Record<string, JsonSchema>): JsonSchema {
  const name = typeof schema.$ref === 'string' ? schema.$ref.split('/').pop() : undefined;
  return (name && components[name]) || schema;
}

function typeOf({ type, $ref, const: constant, enum: values, anyOf, items, ...rest }: JsonSchema): string {
  if (typeof $ref === 'string') return $ref.split('/').pop()?.toLowerCase() ?? '';
  if (constant !== undefined) return JSON.stringify(constant);
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(' or ');
  if (Array.isArray(anyOf)) return [...new Set(anyOf.map(typeOf))].join(' or ');
  if (items) return `array of ${typeOf(items as JsonSchema)}${range(rest.minItems, rest.maxItems)}`;
  const name = Array.isArray(type) ? type.join(' or ') : String(type ?? 'any');
  return name + range(rest.minimum, rest.maximum);
}

function range(least: unknown, most: unknown): string {
  const [low, high] = [least, most].map((bound) => (typeof bound === 'number' ? bound.toLocaleString('en') : ''));
  if (low && high) return `, ${low} to ${high}`;
  if (low) return `, at least ${low}`;
  return high ? `, at most ${high}` : '';
}

function defaultOf(schema: JsonSchema): string {
  return schema.default === undefined ? '' : `The default is \`${schema.default}\`.`;
}
