import type { Call } from '../call/call.ts';
import { ApiError } from '../errors.ts';
import { encodeEvent, eventData, STREAM_HEADERS } from '../stream/sse.ts';
import type { ChatTarget, JsonObject } from '../tasks.ts';

/** The legacy default. Source: https://platform.openai.com/docs/api-reference/completions/create */
const DEFAULT_MAX_TOKENS = 16;

export interface LegacyRequest extends JsonObject {
  readonly prompt: string | readonly string[];
  readonly suffix?: string | null | undefined;
  readonly echo?: boolean | null | undefined;
  readonly max_tokens?: number | null | undefined;
  readonly stream?: boolean | null | undefined;
}

interface ChatAnswer {
  id: string;
  created: number;
  model: string;
  choices: {
    index: number;
    message?: { content?: string | null };
    delta?: { content?: string | null };
    finish_reason: string | null;
  }[];
  usage?: { prompt_tokens: number; completion_tokens: number; total_tokens: number } | null;
}

/**
 * Legacy completions at a host that has chat only: each prompt becomes a chat of one user message. What a chat cannot
 * do is refused rather than left out.
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
    const stream = await target.chat(bodies[0] as JsonObject, call);
    return new Response(stream.body?.pipeThrough(toLegacyEvents(echo ? (prompts[0] ?? '') : '')), {
      headers: STREAM_HEADERS,
    });
  }
  const answers = await Promise.all(
    bodies.map(async (body) => (await (await target.chat(body, call)).json()) as ChatAnswer),
  );
  return Response.json(joined(answers, echo ? prompts : []));
}

function joined(answers: readonly ChatAnswer[], echoed: readonly string[]) {
  const [first] = answers as [ChatAnswer];
  const sum = (pick: (usage: NonNullable<ChatAnswer['usage']>) => number) =>
    answers.reduce((total, { usage }) => total + (usage ? pick(usage) : 0), 0);
  return {
    id: first.id,
    object: 'text_completion',
    created: first.created,
    model: first.model,
    choices: answers.flatMap(({ choices }, prompt) =>
      choices.map(({ index, message, finish_reason }) => ({
        index: prompt * choices.length + index,
        text: (echoed[prompt] ?? '') + (message?.content ?? ''),
        logprobs: null,
        finish_reason: finish_reason ?? 'stop',
      })),
    ),
    usage: {
      prompt_tokens: sum(({ prompt_tokens }) => prompt_tokens),
      completion_tokens: sum(({ completion_tokens }) => completion_tokens),
      total_tokens: sum(({ total_tokens }) => total_tokens),
    },
  };
}

/** Rewrites event by event: the one stream that cannot pass through as it is. */
function toLegacyEvents(echoed: string): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  let rest = '';
  let prefix = echoed;
  return new TransformStream({
    transform(chunk, controller) {
      rest += decoder.decode(chunk, { stream: true });
      const end = Math.max(rest.lastIndexOf('\n'), rest.lastIndexOf('\r')) + 1;
      for (const data of eventData(rest.slice(0, end))) controller.enqueue(encodeEvent(legacyEvent(data)));
      rest = rest.slice(end);
    },
  });

  function legacyEvent(data: string): unknown {
    if (data === '[DONE]') return data;
    const event = JSON.parse(data) as Partial<ChatAnswer> & { error?: unknown };
    if (event.error) return { error: event.error };
    return {
      id: event.id,
      object: 'text_completion',
      created: event.created,
      model: event.model,
      choices: (event.choices ?? []).map(({ index, delta, finish_reason }) => {
        const text = prefix + (delta?.content ?? '');
        prefix = '';
        return { index, text, logprobs: null, finish_reason };
      }),
      ...('usage' in event ? { usage: event.usage } : {}),
    };
  }
}

function unsupported(param: string, how = ''): ApiError {
  const what = how ? `\`${param}\` ${how}` : `\`${param}\``;
  return new ApiError(
    'unsupported_parameter',
    `${what} needs a host with legacy completions; this model's has chat only.`,
    {
      param,
    },
  );
}
