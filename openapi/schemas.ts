import { z } from 'zod';
import { itemSchema } from '../src/intake/items.ts';
import { FIELDS } from './fields.ts';
import { operations } from './operations.ts';
import { ErrorBody } from './surfaces/shared-answers.ts';
import { type JsonSchema, tidy } from './tidy.ts';

/** Every schema once, by name. Other parts of the document refer to them. */
export function buildSchemas(): Record<string, JsonSchema> {
  const named = new Map<string, z.core.$ZodType>([
    ['Item', itemSchema()],
    ['ErrorBody', ErrorBody],
  ]);
  for (const { request, answer, event, failure } of operations) {
    for (const part of [request, answer, event, failure]) if (part) named.set(part.name, part.schema);
  }
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of named) registry.add(schema, { id });
  const uri = (id: string) => `#/components/schemas/${id}`;
  const { schemas: requests } = z.toJSONSchema(registry, { uri, io: 'input' });
  const { schemas: answers } = z.toJSONSchema(registry, { uri, io: 'output' });
  return Object.fromEntries(
    [...named.keys()].sort().map((name) => {
      const isRequest = name === 'Item' || name in FIELDS;
      return [name, tidy((isRequest ? requests : answers)[name] as JsonSchema, FIELDS[name])];
    }),
  );
}
