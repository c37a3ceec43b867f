/** What is read of a chat answer, or of one of its events. A host may leave out any of it. */
export interface ChatPiece {
  readonly choices?: readonly (ChatChoice | null)[] | null;
  readonly usage?: ChatUsage | null;
}

export interface ChatChoice {
  readonly delta?: ChatDelta | null;
  readonly message?: ChatDelta | null;
  readonly finish_reason?: string | null;
  /** The stop sequence that ended the text, as vLLM and SGLang say it; or the number of a token. */
  readonly stop_reason?: unknown;
  readonly matched_stop?: unknown;
  readonly logprobs?: { readonly content?: unknown[] | null } | null;
}

export interface ChatDelta {
  readonly content?: unknown;
  readonly refusal?: unknown;
  /** Two names that hosts have for the same. */
  readonly reasoning_content?: unknown;
  readonly reasoning?: unknown;
  readonly annotations?: unknown;
  readonly images?: unknown;
  readonly tool_calls?: readonly ChatToolCall[] | null;
}

export interface ChatToolCall {
  readonly index?: number;
  readonly id?: string | null;
  readonly function?: { readonly name?: string | null; readonly arguments?: unknown } | null;
}

/** Hosts have several names for cached tokens: see call/host-counts.ts. */
export interface ChatUsage extends Readonly<Record<string, unknown>> {
  readonly prompt_tokens?: number;
  readonly completion_tokens?: number;
  readonly total_tokens?: number;
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number } | null;
}
