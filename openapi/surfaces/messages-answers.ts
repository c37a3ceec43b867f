import { z } from 'zod';

/** Schemas of what Anthropic's Messages API answers. */

const tokens = z.int().min(0);

const Citation = z.object({
  type: z.literal('web_search_result_location'),
  cited_text: z.string(),
  encrypted_index: z.string().describe('Empty.'),
  title: z.string().nullable(),
  url: z.string(),
});

const Block = z.union([
  z.object({
    type: z.literal('text'),
    text: z.string(),
    citations: z.array(Citation).optional().describe('The pages that the host cites.'),
  }),
  z.object({
    type: z.literal('thinking'),
    thinking: z.string(),
    signature: z.string().describe('Empty: hosts with chat give none.'),
  }),
  z.object({ type: z.literal('tool_use'), id: z.string(), name: z.string(), input: z.looseObject({}) }),
]);

export const Message = z.object({
  id: z.string(),
  type: z.literal('message'),
  role: z.literal('assistant'),
  model: z.string(),
  content: z.array(Block),
  stop_reason: z
    .enum(['end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'refusal', 'model_context_window_exceeded'])
    .nullable()
    .describe('Null at the beginning of a stream.'),
  stop_sequence: z.string().nullable().describe('If the host says which one it was.'),
  stop_details: z.null(),
  container: z.null(),
  usage: z
    .object({
      input_tokens: tokens.describe('Without those that the cache of the host had.'),
      cache_creation_input_tokens: tokens,
      cache_read_input_tokens: tokens,
      output_tokens: tokens,
    })
    .describe('As counted by the host, or estimated if it does not say.'),
});

export const MessageEvent = z
  .looseObject({ type: z.string() })
  .describe('One event of a stream, with its type as its name. The last one is `message_stop` or `error`.');

export const MessageTokens = z.object({ input_tokens: tokens });

export const MessageError = z.object({
  type: z.literal('error'),
  error: z.looseObject({
    type: z.string().describe('Anthropic’s: `invalid_request_error`, `overloaded_error`, ...'),
    message: z.string(),
    code: z.string().describe('As in all errors of this API.'),
    param: z.string().nullable(),
  }),
  request_id: z.string(),
});
