import { withoutNulls } from '../../base/without-nulls.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { invalid, unsupported } from '../chat/unsupported.ts';
import { chatMessages } from './chat-messages.ts';
import { chatTools } from './chat-tools.ts';
import type { MessagesRequest } from './request.ts';

/** Fields that chat has by other names, or not at all. */
const NOT_OF_CHAT = [
  ...['system', 'stop_sequences', 'thinking', 'metadata', 'output_config', 'output_format', 'tools', 'tool_choice'],
  ...['cache_control', 'mcp_servers', 'inference_geo', 'fallbacks'],
] as const;

/** Fields that ask for nothing that a host with chat could do, and without which the answer is the same. */
const IGNORED = [
  ...['service_tier', 'context_management', 'compaction', 'speed', 'betas', 'diagnostics', 'billing_policy'],
  ...['fallback_credit_token', 'user_profile_id', 'workspace_id'],
] as const;

/** What the fields of the chat are in the request. */
export const FIELDS: Readonly<Record<string, string>> = {
  stop: 'stop_sequences',
  parallel_tool_calls: 'tool_choice.disable_parallel_tool_use',
  reasoning_effort: 'output_config.effort',
  response_format: 'output_config.format',
};

export function ignoredOf(request: MessagesRequest): readonly string[] {
  return IGNORED.filter((field) => request[field] !== undefined);
}

/**
 * The chat request that asks for the same. Fields that both APIs have, and those that neither has, stay as
 * they are.
 *
 * @throws ApiError `unsupported_parameter` or `invalid_parameter`, which names the field
 */
export function toChatBody(request: MessagesRequest): JsonObject {
  refuse(request);
  const { stop_sequences: stop, output_config, output_format, stream } = request;
  const messages = chatMessages(request);
  if (messages.length === 0) throw invalid('messages', 'must have at least one message');
  const same: JsonObject = { ...request };
  for (const field of [...NOT_OF_CHAT, ...IGNORED]) delete same[field];
  return withoutNulls({
    ...same,
    ...chatTools(request),
    messages,
    stop: stop?.length ? stop : undefined,
    reasoning_effort: output_config?.effort === 'max' ? HIGHEST_EFFORT : output_config?.effort,
    response_format: responseFormat(output_config?.format ?? output_format),
    stream_options: stream ? { include_usage: true } : undefined,
  });
}

/** OpenAI's name of what Anthropic calls `max`. */
const HIGHEST_EFFORT = 'xhigh';

const isEmpty = (value: unknown): boolean => value == null || (Array.isArray(value) && value.length === 0);

function refuse({ thread, container, mcp_servers, fallbacks, inference_geo }: MessagesRequest): void {
  // SDKs that send only what is new then send the whole conversation: see errors.ts.
  if (thread != null) throw unsupported('thread', 'Send the whole conversation.');
  if (container != null) throw unsupported('container');
  if (!isEmpty(mcp_servers)) throw unsupported('mcp_servers', 'Send tools that the client runs itself.');
  if (!isEmpty(fallbacks)) throw unsupported('fallbacks');
  // Where hosts compute is the operator's choice.
  if (inference_geo != null && inference_geo !== 'global') throw unsupported('inference_geo');
}

function responseFormat(format: JsonObject | null | undefined): JsonObject | undefined {
  if (!format) return undefined;
  if (format.type !== 'json_schema') throw unsupported('output_config.format.type', 'Send `json_schema`.');
  return { type: 'json_schema', json_schema: { name: 'output', schema: format.schema, strict: true } };
}
