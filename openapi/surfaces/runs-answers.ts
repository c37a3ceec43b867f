import { z } from 'zod';
import { unixSeconds } from './shared-answers.ts';

const runStatus = z.enum(['queued', 'in_progress', 'completed', 'failed', 'cancelled']);

export const Run = z.object({
  id: z.string(),
  object: z.literal('run'),
  status: runStatus,
  route: z.string(),
  background: z.boolean(),
  model: z.string().nullable(),
  target: z.string().nullable().describe('The `host/model` that answered.'),
  created_at: unixSeconds,
  started_at: unixSeconds.nullable(),
  ended_at: unixSeconds.nullable(),
  expires_at: unixSeconds.describe('From then on the run is not found.'),
  attempts: z.int().describe('How often it was started: a second time if the first was interrupted.'),
  request_id: z.string().describe('The request that started it, as in the log.'),
  answer: z
    .object({
      status: z.int(),
      content_type: z.string().nullable(),
      bytes: z.int().describe('Recorded so far.'),
      last_event: z.int().nullable().describe('The number of the last event, for a stream.'),
    })
    .nullable()
    .describe('Null until the answer begins.'),
  usage: z
    .object({
      prompt_tokens: z.int(),
      completion_tokens: z.int(),
      total_tokens: z.int(),
      images: z.int(),
      is_estimated: z.boolean().describe('Whether the tokens are estimated, because the host did not say.'),
    })
    .nullable(),
  timings: z.record(z.string(), z.number()).describe('Milliseconds by stage.'),
  error: z.object({ message: z.string(), type: z.string(), param: z.string().nullable(), code: z.string() }).nullable(),
  urls: z.object({ self: z.string(), events: z.string(), result: z.string() }),
});

export const RunList = z.object({
  object: z.literal('list'),
  data: z.array(
    z.object({
      id: z.string(),
      object: z.literal('run'),
      status: runStatus,
      route: z.string(),
      created_at: unixSeconds,
      expires_at: unixSeconds,
    }),
  ),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
  has_more: z.boolean(),
});

export const RunResult = z.looseObject({}).describe('The answer of the route that the run executed.');
