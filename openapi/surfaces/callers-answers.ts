import { z } from 'zod';
import { unixSeconds } from './shared-answers.ts';

const names = z.union([z.literal('all'), z.array(z.string())]);

export const ClientSecret = z.object({
  object: z.literal('client_secret'),
  value: z.string().describe('The token. Send it as `Authorization: Bearer <value>`.'),
  expires_at: unixSeconds,
  subject: z.string().describe('The digest of the subject, as it appears in logs.'),
  scopes: names,
  models: names,
  limits: z.record(z.string(), z.number()),
  origin: z.string().nullable(),
});

export const CacheDeletion = z.object({ object: z.literal('cache'), deleted: z.literal(true) });

/** Null if the stored count is damaged. */
const usageCount = () => z.int().nullable();

export const UsageList = z.object({
  object: z.literal('usage'),
  from: z.iso.date(),
  to: z.iso.date(),
  days_kept: z.int(),
  max_subjects: z
    .int()
    .optional()
    .describe('Only by subject: what smaller subjects of a day used is added up as `other`.'),
  data: z.array(
    z.object({
      date: z.iso.date(),
      key: z.string().optional().describe('The id of the key, or `operator`. Only for a key of `API_KEYS`.'),
      model: z.string().optional().describe('Not by subject.'),
      subject: z.string().optional().describe('Only by subject: the digest that its client tokens have, or `other`.'),
      requests: usageCount(),
      tokens: usageCount().optional().describe('Only by subject.'),
      failed_requests: usageCount().optional().describe('Those of them that were answered with an error.'),
      prompt_tokens: usageCount().optional(),
      completion_tokens: usageCount().optional(),
      images: usageCount().optional(),
      cache_hits: usageCount().optional(),
      cache_misses: usageCount().optional(),
      cost_usd: z.number().nullable(),
      estimated_requests: usageCount()
        .optional()
        .describe('Requests whose tokens are estimated, because the host did not say.'),
    }),
  ),
});
