import { withoutNulls } from '../../base/without-nulls.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { invalid, unsupported } from '../chat/unsupported.ts';
import { chatMessages } from './chat-messages.ts';
import { chatToolChoice, chatTools } from './chat-tools.ts';
import type { ResponseRequest } from './request.ts';

/** Fields that chat does not have, or that ask for nothing that a host could do. */
const NOT_OF_CHAT = [
  ...['input', 'instructions', 'text', 'reasoning', 'max_output_tokens', 'include', 'tools', 'tool_choice'],
  ...['store', 'background', 'metadata', 'previous_response_id', 'conversation', 'stream_options'],
  // What the client keeps for itself, or asks of OpenAI alone. Hosts reject fields that they do not know.
  ...['client_metadata', 'background_options', 'access_programs', 'image'],
  // The hosts' contexts are not cut, which is what `disabled` says. Built-in tools, which this limits, are
  // refused.
  ...['truncation', 'max_tool_calls'],
] as const;

/** Fields that no host with chat supports, and what to send instead. */
const REFUSED: Readonly<Record<string, string>> = {
  conversation: 'Send the earlier items, or `previous_response_id`.',
  context_management: 'Shorten `input`.',
  moderation: '',
  n: 'A response has one output.',
};

/**
 * The chat request that asks for the same. Fields that both APIs have, and those that neither has, stay as
 * they are.
 *
 * @throws ApiError `unsupported_parameter` or `invalid_parameter`, which names the field
 */
export function toChatBody(request: ResponseRequest): JsonObject {
  for (const field in REFUSED) {
    if (request[field] != null) throw unsupported(field, REFUSED[field]);
  }
  const { reasoning, text, max_output_tokens, stream, include, top_logprobs } = request;
  const messages = chatMessages(request);
  // Those of a prompt come before them: see prompts/apply-prompt.ts.
  if (messages.length === 0 && !request.prompt) throw invalid('input', 'must have at least one message');
  const { tools, mode } = chatTools(request);
  const hasTools = tools.length > 0;
  const logprobs = include?.includes('message.output_text.logprobs') || !!top_logprobs;
  const same: JsonObject = { ...request };
  for (const field of NOT_OF_CHAT) delete same[field];
  return withoutNulls({
    ...same,
    messages,
    max_tokens: max_output_tokens ?? same.max_tokens,
    tools: hasTools ? tools : undefined,
    tool_choice: hasTools ? (mode ?? chatToolChoice(request.tool_choice)) : undefined,
    parallel_tool_calls: hasTools ? request.parallel_tool_calls : undefined,
    reasoning_effort: reasoning?.effort ?? same.reasoning_effort,
    response_format: responseFormat(text?.format) ?? same.response_format,
    verbosity: text?.verbosity ?? same.verbosity,
    logprobs: logprobs || undefined,
    top_logprobs: logprobs ? top_logprobs : undefined,
    stream_options: stream ? { include_usage: true } : undefined,
  });
}

function responseFormat(format: JsonObject | null | undefined): JsonObject | undefined {
  if (!format || format.type === 'text') return undefined;
  if (format.type === 'json_object') return { type: 'json_object' };
  if (format.type === 'json_schema') {
    const { type, ...json_schema } = format;
    return { type, json_schema: withoutNulls(json_schema) };
  }
  throw unsupported('text.format.type', 'Send `text`, `json_object` or `json_schema`.');
}
