import { fillIn } from '../../base/bytes/large-strings.ts';
import type { Call } from '../../call/call.ts';
import { tokenCount, usageTokens } from '../../call/host-counts.ts';
import type { JsonObject } from '../../call/tasks.ts';
import type { ChatUsage } from '../chat/chat-answer.ts';
import { usedTools } from './chat-tools.ts';
import type { ResolvedRequest } from './request.ts';

/** OpenAI's response object. Source: https://platform.openai.com/docs/api-reference/responses/object */
export interface ResponseObject extends JsonObject {
  readonly id: string;
  status: 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'failed' | 'cancelled';
  output: readonly JsonObject[];
  error: { readonly code: string; readonly message: string } | null;
  incomplete_details: { readonly reason: string } | null;
  usage: JsonObject | null;
}

/** The id of the response that a run records, and the other way round: `resp_u…` and `run_u…`. */
export const responseIdOf = (run: string): string => `resp_${run.slice('run_'.length)}`;
export const runIdOf = (response: string): string => `run_${/^resp_(.*)$/.exec(response)?.[1] ?? ''}`;

export interface ResponseStart {
  readonly id: string;
  /** Seconds since 1970. */
  readonly createdAt: number;
  /** Undefined while nothing but the prompt says it. */
  readonly model: string | undefined;
}

/** What a response repeats of its request. Null is the host's own default. */
const REPEATED = ['instructions', 'max_output_tokens', 'user', 'safety_identifier', 'service_tier', 'prompt'] as const;

/** A response that has just begun. */
export function beginResponse(
  { request, continues }: ResolvedRequest,
  { id, createdAt, model }: ResponseStart,
): ResponseObject {
  const { reasoning, text, store, background } = request;
  return {
    id,
    object: 'response',
    created_at: createdAt,
    completed_at: null,
    status: 'in_progress',
    background: background === true,
    store: store === true || background === true,
    error: null,
    incomplete_details: null,
    model: model ?? null,
    output: [],
    usage: null,
    ...Object.fromEntries(REPEATED.map((field) => [field, request[field] ?? null])),
    metadata: request.metadata ?? {},
    // Clients require numbers. These are OpenAI's defaults; a host may have others.
    temperature: request.temperature ?? 1,
    top_p: request.top_p ?? 1,
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    previous_response_id: continues,
    reasoning: { effort: reasoning?.effort ?? null, summary: null },
    text: { ...text, format: text?.format ?? { type: 'text' } },
    tool_choice: request.tool_choice ?? 'auto',
    tools: usedTools(request),
    top_logprobs: request.top_logprobs ?? 0,
    truncation: 'disabled',
  };
}

/** The response to a request that is being answered. */
export function responseTo(
  resolved: ResolvedRequest,
  createdAt: number,
  { outcome, report, large }: Call,
): ResponseObject {
  return filled(
    beginResponse(resolved, {
      id: outcome.run ? responseIdOf(outcome.run) : `resp_${crypto.randomUUID().replaceAll('-', '')}`,
      createdAt,
      model: report.model ?? resolved.request.model,
    }),
    large,
  );
}

/** What a response repeats can have large texts, for which a body has placeholders. */
export function filled(response: ResponseObject, large: Call['large']): ResponseObject {
  return large ? (fillIn(response, large, () => false) as ResponseObject) : response;
}

/**
 * @returns null if the host does not say what it used, or not in a way that can be true: JSON's 1e999 is
 * infinite
 */
export function usageOf(usage: ChatUsage | null | undefined): JsonObject | null {
  const tokens = usage && usageTokens(usage);
  if (!tokens) return null;
  return {
    input_tokens: tokens.prompt,
    input_tokens_details: { cached_tokens: tokens.cached ?? 0 },
    output_tokens: tokens.completion,
    output_tokens_details: { reasoning_tokens: tokenCount(usage.completion_tokens_details?.reasoning_tokens) ?? 0 },
    total_tokens: tokenCount(usage.total_tokens) ?? tokens.prompt + tokens.completion,
  };
}
