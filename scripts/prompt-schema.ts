import { z } from 'zod';
import { MAX_PROMPT_VARIABLE_CHARACTERS, MAX_PROMPT_VARIABLE_ITEMS } from '../src/base/sizes.ts';
import { type JsonSchema, schemaOf } from '../src/intake/json-schema.ts';

const length = z.int().nonnegative().optional();
const about = {
  description: z.string().optional(),
  default: z.json().optional(),
  examples: z.array(z.json()).optional(),
};

/**
 * The subset of JSON Schema that the Worker validates. A keyword that it does not know is a mistake, not a
 * comment.
 */
export const jsonSchema: z.ZodType<JsonSchema> = z
  .lazy(() =>
    z.discriminatedUnion('type', [
      z.strictObject({
        type: z.literal('string'),
        ...about,
        enum: z.array(z.string()).min(1).optional(),
        minLength: length,
        maxLength: length,
      }),
      z.strictObject({
        type: z.enum(['number', 'integer']),
        ...about,
        minimum: z.number().optional(),
        maximum: z.number().optional(),
      }),
      z.strictObject({ type: z.literal('boolean'), ...about }),
      z.strictObject({ type: z.literal('array'), ...about, items: jsonSchema, minItems: length, maxItems: length }),
      z.strictObject({
        type: z.literal('object'),
        ...about,
        properties: z.record(z.string(), jsonSchema),
        required: z.array(z.string()).default([]),
        additionalProperties: z.boolean().default(true),
      }),
    ]),
  )
  .superRefine((schema, context) => {
    const values = [...(schema.default === undefined ? [] : [schema.default]), ...(schema.examples ?? [])];
    if (values.every((value) => schemaOf(schema as JsonSchema).safeParse(value).success)) return;
    context.addIssue({ code: 'custom', message: '`default` and `examples` must fit the schema itself' });
  }) as z.ZodType<JsonSchema>;

/** What a variable can be: something that becomes a text. */
const variable = jsonSchema.refine(
  ({ type, items }) => type !== 'object' && (type !== 'array' || items?.type === 'string'),
  'a variable is a string, number, integer or boolean, or an array of strings',
);

/** The variables of a prompt, by name. One without a default is required. */
export const variables = z
  .record(z.string(), variable)
  .superRefine((properties, context) => {
    const wrong = Object.keys(properties).find((name) => !/^[a-z][a-z0-9_]{0,49}$/.test(name));
    if (wrong === undefined) return;
    const message = 'the name of a variable must be lower case letters, digits and _';
    context.addIssue({ code: 'custom', path: [wrong], message });
  })
  .transform(
    (properties): JsonSchema => ({
      type: 'object',
      properties: Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, limited(schema)])),
      required: Object.keys(properties).filter((name) => properties[name]?.default === undefined),
      additionalProperties: false,
    }),
  );

/** Every text has a limit. */
function limited(schema: JsonSchema): JsonSchema {
  if (schema.type === 'string' && !schema.enum) return { maxLength: MAX_PROMPT_VARIABLE_CHARACTERS, ...schema };
  if (schema.type !== 'array' || !schema.items) return schema;
  return { maxItems: MAX_PROMPT_VARIABLE_ITEMS, ...schema, items: limited(schema.items) };
}
