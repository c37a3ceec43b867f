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
  data: z.array(
    z.object({
      date: z.iso.date(),
      key: z.string().optional().describe('The id of the key, or `operator`. Only for a key of `API_KEYS`.'),
      model: z.string(),
      requests: usageCount(),
      failed_requests: usageCount().describe('Those of them that were answered with an error.'),
      prompt_tokens: usageCount(),
      completion_tokens: usageCount(),
      images: usageCount(),
      cache_hits: usageCount(),
      cache_misses: usageCount(),
      cost_usd: z.number().nullable(),
      estimated_requests: usageCount().describe('Requests whose tokens are estimated, because the host did not say.'),
    }),
  ),
});
