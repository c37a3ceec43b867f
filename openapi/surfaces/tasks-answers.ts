import { z } from 'zod';
import { cosine } from './vectors-answers.ts';

const task = <T extends z.ZodType>(title: string, description: string, answer: T) =>
  answer.meta({ title, description });

export const TaskAnswer = z
  .union([
    task('feature-extraction', 'A unit vector for each text.', z.array(z.array(z.number()))),
    task('sentence-similarity', 'A cosine for each sentence.', z.array(cosine)),
    task(
      'zero-shot classification',
      'Labels as `{"label", "score"}`, the best first.',
      z.array(z.object({ label: z.string(), score: z.number().min(0).max(1) })),
    ),
    task('summarization', 'One `{"summary_text"}`.', z.array(z.object({ summary_text: z.string() }))),
    task('translation', 'One `{"translation_text"}`.', z.array(z.object({ translation_text: z.string() }))),
    task(
      'text-generation',
      'One `{"generated_text"}`, with `details` if asked for.',
      z.array(z.object({ generated_text: z.string(), details: z.looseObject({}).optional() })),
    ),
  ])
  .describe('The answer of the task. That of `text-to-image` is the picture itself.');

export const TaskError = z.object({
  error: z.string().describe('The message.'),
  error_type: z.enum(['validation', 'overloaded', 'generation']),
  code: z.string(),
  param: z.string().nullable(),
});
