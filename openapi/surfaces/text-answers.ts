import { z } from 'zod';
import { FinishReason, TokenUsage, unixSeconds } from './shared-answers.ts';

const ToolCall = z.looseObject({
  id: z.string(),
  type: z.literal('function'),
  function: z.looseObject({ name: z.string(), arguments: z.string().describe('JSON, as a string.') }),
});

export const ChatCompletion = z.looseObject({
  id: z.string(),
  object: z.literal('chat.completion'),
  created: unixSeconds,
  model: z.string().describe("The model's name at its host. The header `x-cedalion-model` has its id in this API."),
  choices: z.array(
    z.looseObject({
      index: z.int(),
      message: z.looseObject({
        role: z.literal('assistant'),
        content: z.string().nullish(),
        refusal: z.string().nullish(),
        tool_calls: z.array(ToolCall).nullish(),
      }),
      finish_reason: FinishReason,
    }),
  ),
  usage: TokenUsage.nullish(),
});

export const ChatCompletionChunk = z
  .looseObject({
    id: z.string(),
    object: z.literal('chat.completion.chunk'),
    created: unixSeconds,
    model: z.string(),
    choices: z.array(
      z.looseObject({
        index: z.int(),
        delta: z.looseObject({ role: z.string().optional(), content: z.string().nullish() }),
        finish_reason: FinishReason.nullish(),
      }),
    ),
    usage: TokenUsage.nullish(),
  })
  .describe('One event of a stream. With `stream_options.include_usage`, the last event has the usage and no choices.');

export const Completion = z
  .looseObject({
    id: z.string(),
    object: z.literal('text_completion'),
    created: unixSeconds,
    model: z.string(),
    choices: z.array(z.looseObject({ index: z.int(), text: z.string(), finish_reason: FinishReason.nullish() })),
    usage: TokenUsage.nullish(),
  })
  .describe('A complete answer, or one event of a stream.');
