import type { JsonObject } from '../../call/tasks.ts';

/**
 * A validated request: Anthropic's body, and whatever fields it has beside these.
 * Source: https://platform.claude.com/docs/en/api/messages/create
 */
export interface MessagesRequest extends JsonObject {
  readonly model: string;
  readonly messages: readonly MessageParam[];
  readonly max_tokens?: number;
  readonly system?: string | readonly JsonObject[];
  readonly stream?: boolean;
  readonly stop_sequences?: readonly string[];
  readonly tools?: readonly JsonObject[];
  readonly tool_choice?: ToolChoice;
  readonly thinking?: { readonly type: string; readonly display?: unknown };
  readonly metadata?: { readonly user_id?: string | null };
  readonly output_config?: { readonly effort?: unknown; readonly format?: JsonObject | null };
  /** What `output_config.format` was before. */
  readonly output_format?: JsonObject;
}

export interface MessageParam {
  readonly role: 'user' | 'assistant' | 'system';
  readonly content: string | readonly JsonObject[];
}

export interface ToolChoice {
  readonly type: 'auto' | 'any' | 'tool' | 'none';
  readonly name?: string | undefined;
  readonly disable_parallel_tool_use?: boolean | null | undefined;
}

/** Whether the client wants to see what the model thinks. Others read the first block as the text. */
export function showsThinking({ thinking }: MessagesRequest): boolean {
  return (thinking?.type === 'enabled' || thinking?.type === 'adaptive') && thinking.display !== 'omitted';
}
