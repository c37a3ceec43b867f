import type { JsonObject } from '../../call/tasks.ts';

/** A validated request: OpenAI's body, and whatever fields it has beside these. */
export interface ResponseRequest extends JsonObject {
  /** Neither is required with a prompt, which has its own. */
  readonly model?: string | undefined;
  readonly input?: string | readonly JsonObject[] | undefined;
  /** One of prompts/: `{ id, version, variables }`. */
  readonly prompt?: JsonObject | null | undefined;
  readonly instructions?: string | null | undefined;
  readonly tools?: readonly JsonObject[] | null | undefined;
  readonly tool_choice?: unknown;
  readonly text?: { readonly format?: JsonObject | null | undefined; readonly verbosity?: unknown } | null | undefined;
  readonly reasoning?: { readonly effort?: unknown } | null | undefined;
  readonly include?: readonly string[] | null | undefined;
  readonly max_output_tokens?: number | null | undefined;
  readonly top_logprobs?: number | null | undefined;
  readonly stream?: boolean | null | undefined;
  readonly store?: boolean | null | undefined;
  readonly background?: boolean | null | undefined;
  readonly background_options?: { readonly completion_window?: string | null | undefined } | null | undefined;
  readonly previous_response_id?: string | null | undefined;
  readonly metadata?: JsonObject | null | undefined;
}

/** A request with all that went before it: nothing in it refers to anything else. */
export interface ResolvedRequest {
  readonly request: ResponseRequest;
  /** The response whose items the input has: `previous_response_id`, when it was looked up. */
  readonly continues: string | null;
}

/** The items of an input. */
export function itemsOf({ input = [] }: Pick<ResponseRequest, 'input'>): readonly JsonObject[] {
  return typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : input;
}
