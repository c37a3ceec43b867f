import { declaredLength } from '../../base/bytes/bounded-body.ts';
import { takeLargeStrings } from '../../base/bytes/large-strings.ts';
import { MAX_TEXT_ANSWER_BYTES } from '../../base/sizes.ts';
import type { Call } from '../../call/call.ts';
import { hostTokens } from '../../call/host-counts.ts';
import type { Host } from '../../call/hosts.ts';
import type { ChatTarget, JsonObject, TextRequest } from '../../call/tasks.ts';
import { relayStream } from '../stream/relay.ts';
import { parseAnswer, readAnswer, readJson } from '../upstream/answer.ts';
import { invalidAnswer, UpstreamFailure } from '../upstream/failure.ts';
import { send, type UpstreamBody } from '../upstream/transport.ts';
import { jsonRequest } from './json-request.ts';

/** From here on memory counts more than the cost of looking for long texts. */
const LARGE_BYTES = 1024 * 1024;

const utf8 = new TextDecoder();

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
  if (request.body.stream !== true) return send(upstream, call, (response) => relayWhole(response, host.name, call));
  const answer = send({ ...upstream, streamed: true }, call, (response) => relayStream(response, host.name, call));
  if (!request.body.stream_options) return answer;
  // Mistral rejects them, and counts without. Source: https://github.com/openai/openai-agents-python/issues/442
  return answer.catch((error) => {
    if (!(error instanceof UpstreamFailure) || error.param !== 'stream_options') throw error;
    const { stream_options: _, ...body } = request.body;
    return generate(host, path, { body }, model, call);
  });
}

/** A request with the host's own id as its model: as it came, if it can be. */
export function withModel({ body, forwarded }: TextRequest, model: string, { large }: Call): UpstreamBody {
  const whole = forwarded?.withModel(model);
  if (whole) return whole;
  const json = JSON.stringify({ ...body, model });
  return large ? large.into(json) : json;
}

/** Checks a complete answer, and passes its own bytes on. */
async function relayWhole(response: Response, name: string, call: Call): Promise<Response> {
  const { body, json } = await readWhole(response, name);
  const answer = json as { choices?: (JsonObject | null)[]; usage?: JsonObject | null } | null;
  if (!Array.isArray(answer?.choices)) throw invalidAnswer(name, 'without choices');
  const { usage, choices } = answer;
  const tokens = usage && hostTokens(usage.prompt_tokens, usage.completion_tokens);
  if (tokens) {
    // Several prompts are several requests.
    const { prompt, completion } = call.report.tokens ?? { prompt: 0, completion: 0 };
    call.report.tokens = { prompt: prompt + tokens.prompt, completion: completion + tokens.completion };
  }
  const reason = choices[0]?.finish_reason;
  if (typeof reason === 'string') call.report.finishReason = reason;
  return new Response(body, { headers: { 'content-type': 'application/json' } });
}

/** A long text of a large answer stays in its bytes: it is passed on, and as a string it would be in memory twice more. */
async function readWhole(response: Response, name: string): Promise<{ body: BodyInit; json: unknown }> {
  const declared = declaredLength(response);
  if (declared !== undefined && declared < LARGE_BYTES) {
    const { text, json } = await readJson(response, name, MAX_TEXT_ANSWER_BYTES);
    return { body: text, json };
  }
  const body = await readAnswer(response, name, MAX_TEXT_ANSWER_BYTES);
  const rest = body.length < LARGE_BYTES ? body : takeLargeStrings(body, LARGE_BYTES / 4, isOfJson).rest;
  return { body, json: parseAnswer(utf8.decode(rest), name) };
}

/** JSON has no control characters in its strings. */
const isOfJson = (content: Uint8Array) => content.every((byte) => byte >= 0x20);
