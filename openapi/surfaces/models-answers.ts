import { z } from 'zod';
import { unixSeconds } from './shared-answers.ts';

export const Model = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: unixSeconds,
  owned_by: z.string(),
  task: z
    .enum([
      'text-generation',
      'embedding',
      'text-ranking',
      'moderation',
      'zero-shot-image-classification',
      'text-to-image',
      'image-to-image',
      'automatic-speech-recognition',
      'text-to-speech',
    ])
    .optional()
    .describe('What the model does; absent in the list of a host, which does not say it.'),
  shutdown_date: z.string().nullish().describe('The day on which its host switches it off, if that is known.'),
  note: z.string().optional().describe('A short description.'),
  available: z.boolean().describe('Whether one of its hosts is configured.'),
  resolves_to: z
    .string()
    .nullable()
    .optional()
    .describe(
      'For an alias or a name of `MODEL_NAMES`: the id of the model that it currently is; null if none is available.',
    ),
  targets: z.array(z.string()).optional().describe('`host/model`, in the order in which they are tried.'),
  requires: z.array(z.string()).describe('Settings; each one makes the model available.'),
  pricing: z
    .object({
      input: z.number().optional(),
      cached_input: z.number().optional(),
      output: z.number().optional(),
      picture: z.number().optional(),
      minute: z.number().optional(),
      request: z.number().optional(),
    })
    .optional()
    .describe(
      'What it counts as, in USD: `input`, `cached_input` and `output` for a million tokens, the others for one. Without `cached_input`, tokens that a host reads from its own cache count as `input`.',
    ),
  context_length: z.int().nullish(),
  space: z.string().optional().describe('Only vectors of the same space can be compared.'),
  dimensions: z.int().nullish(),
  min_dimensions: z.int().nullish().describe('The minimum of `dimensions` in a request.'),
  logit_scale: z.number().nullish(),
  modalities: z.array(z.enum(['text', 'image'])).optional(),
  sizes: z.object({ min: z.int(), max: z.int(), default: z.int(), multiple_of: z.int() }).optional(),
});

export const ModelList = z.object({ object: z.literal('list'), data: z.array(Model) });
