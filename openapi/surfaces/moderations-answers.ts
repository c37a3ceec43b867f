import { z } from 'zod';
import { CATEGORIES } from '../../src/call/moderation.ts';

const byCategory = <T extends z.ZodType>(value: T) => z.record(z.string(), value);

export const ModerationResult = z.object({
  id: z.string(),
  model: z.string(),
  results: z.array(
    z.object({
      flagged: z.boolean().describe('Whether any category, or hazard, was found.'),
      categories: byCategory(z.boolean().nullable()).describe(`By category: ${CATEGORIES.join(', ')}.`),
      category_scores: byCategory(z.number().min(0).max(1)),
      category_applied_input_types: byCategory(z.array(z.string())).optional(),
      hazards: z.array(z.string()).optional().describe('Of a Llama Guard: what it found, `S1` to `S14`.'),
    }),
  ),
});
