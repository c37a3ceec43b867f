import * as z from 'zod/mini';

/** The subset of JSON Schema that prompts use. */
export interface JsonSchema {
  readonly type: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object';
  readonly description?: string;
  readonly default?: unknown;
  /** Values that show what is meant. */
  readonly examples?: readonly unknown[];
  /** Of a string. */
  readonly enum?: readonly string[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  /** Whether an object can have other fields. */
  readonly additionalProperties?: boolean;
}

const known = new WeakMap<JsonSchema, z.ZodMiniType>();

/** The validator of a JSON Schema, created once. Values are only checked: defaults are not filled in. */
export function schemaOf(json: JsonSchema): z.ZodMiniType {
  const schema = known.get(json) ?? create(json);
  known.set(json, schema);
  return schema;
}

function create(json: JsonSchema): z.ZodMiniType {
  switch (json.type) {
    case 'string':
      if (json.enum) return z.enum(json.enum as string[]);
      return z.string().check(z.minLength(json.minLength ?? 0), z.maxLength(json.maxLength ?? Infinity));
    case 'number':
    case 'integer':
      return (json.type === 'integer' ? z.int() : z.number()).check(
        z.gte(json.minimum ?? -Infinity),
        z.lte(json.maximum ?? Infinity),
      );
    case 'boolean':
      return z.boolean();
    case 'array':
      return z
        .array(json.items ? schemaOf(json.items) : z.unknown())
        .check(z.minLength(json.minItems ?? 0), z.maxLength(json.maxItems ?? Infinity));
    case 'object':
      return (json.additionalProperties === false ? z.strictObject : z.looseObject)(fieldsOf(json));
  }
}

function fieldsOf({ properties = {}, required = [] }: JsonSchema): Record<string, z.ZodMiniType> {
  const entries = Object.entries(properties).map(([name, property]) => {
    const schema = schemaOf(property);
    return [name, required.includes(name) ? schema : z.optional(schema)];
  });
  return Object.fromEntries(entries);
}
