import type { Call } from '../call/call.ts';
import type { Host } from '../hosts.ts';
import { MAX_TEXT_ANSWER_BYTES } from '../sizes.ts';
import { relayStream } from '../stream/relay.ts';
import type { ChatTarget, TextRequest } from '../tasks.ts';
import { readJson } from '../upstream/answer.ts';
import { invalidAnswer } from '../upstream/failure.ts';
import { type JsonBody, send } from '../upstream/transport.ts';
import { jsonRequest } from './json-request.ts';

/**
 * Text generation by OpenAI's API.
 * Source: https://platform.openai.com/docs/api-reference/chat
 *
 * @param path where the API begins, at a host whose base URL is not the API's: `/v1`
 */
export function chatAt(host: Host, upstreamModel: string, path = ''): ChatTarget {
  return {
    host,
    upstreamModel,
    chat: (request, call) => generate(host, `${path}/chat/completions`, request, upstreamModel, call),
  };
}

/** The same at a host that also has the legacy completions route. */
export function chatAndCompletionsAt(host: Host, upstreamModel: string, path = ''): ChatTarget {
  return {
    ...chatAt(host, upstreamModel, path),
    complete: (request, call) => generate(host, `${path}/completions`, request, upstreamModel, call),
  };
}

function generate(host: Host, path: string, request: TextRequest, model: string, call: Call): Promise<Response> {
  const upstream = jsonRequest(host, path, withModel(request, model, call), call);
  return request.body.stream === true
    ? send({ ...upstream, streamed: true }, call, (response) => relayStream(response, host.name, call))
    : send(upstream, call, (response) => relayWhole(response, host.name, call));
}

/** A request with the host's own id as its model: as it came, if it can be. */
export function withModel({ body, forwarded }: TextRequest, model: string, { large }: Call): JsonBody {
  const whole = forwarded?.withModel(model);
  if (whole) return whole;
  const json = JSON.stringify({ ...body, model });
  return large ? large.into(json) : json;
}

/** Checks a complete answer, and passes its own bytes on. */
async function relayWhole(response: Response, name: string, call: Call): Promise<Response> {
  const { text, json } = await readJson(response, name, MAX_TEXT_ANSWER_BYTES);
  const answer = json as { choices?: { finish_reason?: string }[]; usage?: Record<string, number> } | null;
  if (!Array.isArray(answer?.choices)) throw invalidAnswer(name, 'without choices');
  const { usage, choices } = answer;
  if (usage) {
    // Several prompts are several requests.
    const { prompt, completion } = call.report.tokens ?? { prompt: 0, completion: 0 };
    const { prompt_tokens = 0, completion_tokens = 0 } = usage;
    call.report.tokens = { prompt: prompt + prompt_tokens, completion: completion + completion_tokens };
  }
  const reason = choices[0]?.finish_reason;
  if (typeof reason === 'string') call.report.finishReason = reason;
  return new Response(text, { headers: { 'content-type': 'application/json' } });
}
