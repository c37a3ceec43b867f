import { z } from 'zod';

export const tokens = z.int().min(0);

export const unixSeconds = z.int().describe('Seconds since 1970.');

export const TokenUsage = z
  .looseObject({ prompt_tokens: tokens, completion_tokens: tokens, total_tokens: tokens })
  .describe('Number of tokens, as counted by the host.');

export const FinishReason = z.string().describe('`stop`, `length`, `tool_calls`, or another value of the host.');

export const ErrorBody = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable().describe('The invalid parameter, as a path: `messages[0].content`.'),
      code: z
        .string()
        .describe(
          "One of the codes listed for each status. For `upstream_rejected`, the host's own code if it sent one.",
        ),
    }),
  })
  .describe("OpenAI's error object. A stream that breaks ends with the same object as its last event.");
