import { usageTokens } from '../../call/host-counts.ts';
import type { JsonObject } from '../../call/tasks.ts';
import type { ChatUsage } from '../chat/chat-answer.ts';

/** Anthropic's message. Source: https://platform.claude.com/docs/en/api/messages/create */
export interface Message extends JsonObject {
  readonly id: string;
  content: readonly JsonObject[];
  stop_reason: StopReason | null;
  stop_sequence: string | null;
  usage: JsonObject;
}

/** `pause_turn` is only of tools that Anthropic runs itself. */
export type StopReason =
  | 'end_turn'
  | 'max_tokens'
  | 'stop_sequence'
  | 'tool_use'
  | 'refusal'
  | 'model_context_window_exceeded';

/** What the reasons of hosts are. `model_length` is Mistral's. */
export const STOP_REASONS: Readonly<Partial<Record<string, StopReason>>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  model_length: 'model_context_window_exceeded',
  tool_calls: 'tool_use',
  function_call: 'tool_use',
  content_filter: 'refusal',
};

export function beginMessage(id: string, model: string, usage: JsonObject): Message {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    usage,
  };
}

interface Tokens {
  readonly input: number;
  readonly output: number;
  readonly cached?: number | undefined;
}

/** Every token is counted once: `input_tokens` are those that no cache had. */
export function usageOf({ input, output, cached = 0 }: Tokens): JsonObject {
  const read = Math.min(cached, input);
  return {
    input_tokens: input - read,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: read,
    output_tokens: output,
  };
}

/** @returns undefined if the host does not say what it used, or not in a way that can be true */
export function hostUsage(usage: ChatUsage): JsonObject | undefined {
  const tokens = usageTokens(usage);
  return tokens && usageOf({ input: tokens.prompt, output: tokens.completion, cached: tokens.cached });
}
