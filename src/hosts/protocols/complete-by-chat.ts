import { ApiError } from '../../base/errors.ts';
import type { Call } from '../../call/call.ts';
import { cachedTokens } from '../../call/host-counts.ts';
import { inParallel } from '../../call/in-parallel.ts';
import type { ChatTarget, JsonObject } from '../../call/tasks.ts';
import type { StreamError } from '../stream/error-event.ts';
import { rewriteEvents } from '../stream/rewrite-events.ts';
import { STREAM_HEADERS } from '../stream/sse.ts';
import { type ChatMessage, refusalIn, textOf } from './chat-content.ts';

/** The legacy default. Source: https://platform.openai.com/docs/api-reference/completions/create */
const DEFAULT_MAX_TOKENS = 16;
const MAX_CONCURRENT_PROMPTS = 4;

export interface LegacyRequest extends JsonObject {
  readonly prompt: string | readonly string[];
  readonly suffix?: string | null | undefined;
  readonly echo?: boolean | null | undefined;
  readonly max_tokens?: number | null | undefined;
  readonly stream?: boolean | null | undefined;
}

/** The fields of a chat answer, or of one of its events, that are read. A host may leave out any of them. */
interface ChatAnswer {
  readonly id?: string;
  readonly created?: number;
  readonly model?: string;
  readonly choices?: readonly (ChatChoice | null)[] | null;
  readonly usage?: ChatUsage | null;
}
interface ChatUsage extends JsonObject {
  readonly prompt_tokens?: number;
  readonly completion_tokens?: number;
  readonly total_tokens?: number;
}
interface ChatChoice {
  readonly index?: number;
  readonly message?: ChatMessage | null;
  readonly delta?: ChatMessage | null;
  readonly finish_reason?: string | null;
}

/**
 * Legacy completions at a host that only has chat: each prompt becomes a chat of one user message. What a
 * chat cannot do is rejected rather than ignored.
 *
 * @throws ApiError `unsupported_parameter` for `suffix`, `logprobs`, and several prompts in one stream
 */
export async function completeByChat(target: ChatTarget, request: LegacyRequest, call: Call): Promise<Response> {
  const { prompt, suffix, echo, logprobs, best_of: _, ...shared } = request;
  const prompts = typeof prompt === 'string' ? [prompt] : prompt;
  if (suffix) throw unsupported('suffix');
  if (logprobs) throw unsupported('logprobs');
  if (shared.stream === true && prompts.length > 1) throw unsupported('prompt', 'as an array with `stream`');
  const bodies = prompts.map((content) => ({
    ...shared,
    max_tokens: request.max_tokens ?? DEFAULT_MAX_TOKENS,
    messages: [{ role: 'user', content }],
  }));
  if (shared.stream === true) {
    const stream = await target.chat({ body: bodies[0] as JsonObject }, call);
    return new Response(stream.body && toLegacyEvents(stream.body, echo ? (prompts[0] ?? '') : '', call), {
      headers: STREAM_HEADERS,
    });
  }
  const answers = await inParallel(
    bodies,
    MAX_CONCURRENT_PROMPTS,
    call,
    async (body, part) => (await (await target.chat({ body }, part)).json()) as ChatAnswer,
  );
  return Response.json(joined(answers, echo ? prompts : []));
}

function joined(answers: readonly ChatAnswer[], echoed: readonly string[]) {
  const [first] = answers;
  const sum = (pick: (usage: ChatUsage) => number | undefined) =>
    answers.reduce((total, { usage }) => total + ((usage && pick(usage)) || 0), 0);
  const cached = sum(cachedTokens);
  return {
    id: first?.id,
    object: 'text_completion',
    created: first?.created,
    model: first?.model,
    choices: answers.flatMap(({ choices }, prompt) =>
      (choices ?? []).map((choice, at) => ({
        index: prompt * (choices?.length ?? 0) + (choice?.index ?? at),
        text: (echoed[prompt] ?? '') + saidIn(choice?.message),
        logprobs: null,
        finish_reason: choice?.finish_reason ?? 'stop',
      })),
    ),
    usage: {
      prompt_tokens: sum(({ prompt_tokens }) => prompt_tokens),
      completion_tokens: sum(({ completion_tokens }) => completion_tokens),
      total_tokens: sum(({ total_tokens }) => total_tokens),
      ...(cached > 0 && { prompt_tokens_details: { cached_tokens: cached } }),
    },
  };
}

/** A legacy completion has no other place for a refusal. */
const saidIn = (message: ChatMessage | null | undefined): string => textOf(message?.content) + refusalIn(message);

function toLegacyEvents(body: ReadableStream<Uint8Array>, echoed: string, call: Call): ReadableStream<Uint8Array> {
  const begun = new Set<number>();
  const error = ({ code, message }: StreamError) => ({ error: { message, type: 'upstream_error', param: null, code } });
  return rewriteEvents(body, { event: legacyEvent, error, done: () => '[DONE]' }, call);

  function legacyEvent({ id, created, model, choices, usage }: ChatAnswer): unknown {
    return {
      id,
      object: 'text_completion',
      created,
      model,
      choices: (choices ?? []).map(legacyChoice),
      ...(usage === undefined ? {} : { usage }),
    };
  }

  function legacyChoice(choice: ChatChoice | null, at: number) {
    const index = choice?.index ?? at;
    const prefix = begun.has(index) ? '' : echoed;
    begun.add(index);
    const text = prefix + saidIn(choice?.delta);
    return { index, text, logprobs: null, finish_reason: choice?.finish_reason ?? null };
  }
}

function unsupported(param: string, how = ''): ApiError {
  const what = how ? `\`${param}\` ${how}` : `\`${param}\``;
  return new ApiError(
    'unsupported_parameter',
    `${what} requires a host with legacy completions; the host of this model only has chat.`,
    { param },
  );
}
