import { z } from 'zod';

/** Schemas of what the Responses API answers. */

const tokens = z.int().min(0);
const unixSeconds = z.int().describe('Seconds since 1970.');
const itemStatus = z.enum(['in_progress', 'completed', 'incomplete']);
const object = z.looseObject({});

const TextPart = z.object({
  type: z.literal('output_text'),
  text: z.string(),
  annotations: z.array(object),
  logprobs: z.array(object).describe('With `include: ["message.output_text.logprobs"]`, if the host has them.'),
});

const OutputItem = z.union([
  z.object({
    id: z.string(),
    type: z.literal('message'),
    status: itemStatus,
    role: z.literal('assistant'),
    content: z.array(z.union([TextPart, z.object({ type: z.literal('refusal'), refusal: z.string() })])),
  }),
  z.object({
    id: z.string(),
    type: z.literal('function_call'),
    status: itemStatus,
    call_id: z.string(),
    name: z.string(),
    arguments: z.string().describe('JSON, as a string.'),
  }),
  z.object({
    id: z.string(),
    type: z.literal('reasoning'),
    status: itemStatus,
    summary: z
      .array(z.object({ type: z.literal('summary_text'), text: z.string() }))
      .describe('The reasoning of the host, if it shows it.'),
  }),
]);

export const Response = z.object({
  id: z.string(),
  object: z.literal('response'),
  created_at: unixSeconds,
  completed_at: unixSeconds.nullable(),
  status: z.enum(['queued', 'in_progress', 'completed', 'incomplete', 'failed', 'cancelled']),
  background: z.boolean(),
  store: z.boolean().describe('Whether it is kept, and can be fetched later.'),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  incomplete_details: z.object({ reason: z.string() }).nullable(),
  model: z.string().nullable(),
  output: z.array(OutputItem),
  usage: z
    .object({
      input_tokens: tokens,
      input_tokens_details: z.object({ cached_tokens: tokens }),
      output_tokens: tokens,
      output_tokens_details: z.object({ reasoning_tokens: tokens }),
      total_tokens: tokens,
    })
    .nullable()
    .describe('As counted by the host. Null if it does not say.'),
  instructions: z.string().nullable(),
  max_output_tokens: z.int().nullable(),
  metadata: object,
  parallel_tool_calls: z.boolean(),
  previous_response_id: z.string().nullable(),
  reasoning: z.object({ effort: z.string().nullable(), summary: z.null() }),
  safety_identifier: z.string().nullable(),
  service_tier: z.string().nullable(),
  prompt: z.looseObject({ id: z.string() }).nullable().describe('The prompt of the request.'),
  temperature: z.number().nullable().describe('Null for the default of the host.'),
  text: z.looseObject({ format: object }),
  tool_choice: z.union([z.string(), object]),
  tools: z.array(object),
  top_logprobs: z.int(),
  top_p: z.number().nullable(),
  truncation: z.literal('disabled'),
  user: z.string().nullable(),
});

export const ResponseEvent = z
  .looseObject({ type: z.string(), sequence_number: z.int().min(0) })
  .describe(
    'One event of a stream, with its type as its name. The last one is `response.completed`, `response.incomplete` or `response.failed`, and has the whole response.',
  );

export const ResponseItemList = z.object({
  object: z.literal('list'),
  data: z.array(z.looseObject({ id: z.string(), type: z.string() })),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
  has_more: z.boolean(),
});

export const DeletedResponse = z.object({ id: z.string(), object: z.literal('response'), deleted: z.literal(true) });

export const ResponseInputTokens = z.object({ object: z.literal('response.input_tokens'), input_tokens: tokens });
