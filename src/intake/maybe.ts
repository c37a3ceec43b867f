import * as z from 'zod/mini';

/** A field that can be left out. Clients send null for it, too. */
export const maybe = <Schema extends z.ZodMiniType>(schema: Schema) => z.optional(z.nullable(schema));
