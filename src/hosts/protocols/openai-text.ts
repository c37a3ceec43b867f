import { declaredLength } from '../../base/bytes/bounded-body.ts';
import { answerWith } from '../../base/bytes/content.ts';
import { takeLargeStrings } from '../../base/bytes/large-strings.ts';
import type { QuirkName } from '../../base/quirk-names.ts';
import { MAX_TEXT_ANSWER_BYTES } from '../../base/sizes.ts';
import type { Call } from '../../call/call.ts';
import { hostOptions } from '../../call/host-options.ts';
import type { Host } from '../../call/hosts.ts';
import type { ChatTarget, JsonObject, Target, TextRequest } from '../../call/tasks.ts';
import { tokensOfAnswer } from '../stream/choice-tokens.ts';
import { collectStream } from '../stream/collect.ts';
import { relayStream } from '../stream/relay.ts';
import { adapted } from '../upstream/adapted.ts';
import { parseAnswer, readAnswer, readJson } from '../upstream/answer.ts';
import { invalidAnswer } from '../upstream/failure.ts';
import { send, type UpstreamBody } from '../upstream/transport.ts';
import { jsonRequest } from './json-request.ts';
import { countTokens } from './token-count.ts';

/** From here on memory counts more than the cost of looking for long texts. */
const LARGE_BYTES = 1024 * 1024;

const utf8 = new TextDecoder();

/**
 * Text generation by OpenAI's API.
 * Source: https://platform.openai.com/docs/api-reference/chat
 *
 * @param path where the API begins, at a host whose base URL is not the API's: `/v1`
 */
export function chatAt(host: Host, upstreamModel: string, generates: Generates = {}): ChatTarget {
  const { path = '', assumed, providerHeader } = generates;
  const to = { path: `${path}/chat/completions`, quirks: CHAT_QUIRKS, assumed, providerHeader };
  const target: Target = { host, upstreamModel };
  return {
    ...target,
    chat: (request, call) => generate(target, to, request, call),
    count: (route, request, call) =>
      countTokens(target, `${path}/${route}`, withModel(request, upstreamModel, call), call),
  };
}

/** The same at a host that also has the legacy completions route. */
export function chatAndCompletionsAt(host: Host, upstreamModel: string, generates: Generates = {}): ChatTarget {
  const to = { path: `${generates.path ?? ''}/completions`, quirks: COMPLETION_QUIRKS };
  const chat = chatAt(host, upstreamModel, generates);
  return { ...chat, complete: (request, call) => generate(chat, to, request, call) };
}

interface Generates {
  readonly path?: string;
  /** Quirks that the host has unless it shows otherwise. */
  readonly assumed?: readonly QuirkName[] | undefined;
  /** The header in which a router names the provider that answers. */
  readonly providerHeader?: string | undefined;
}

const COMPLETION_QUIRKS: readonly QuirkName[] = ['no_stream_options'];
const CHAT_QUIRKS: readonly QuirkName[] = [
  ...COMPLETION_QUIRKS,
  'max_completion_tokens',
  'max_tokens',
  'no_tool_pictures',
];

type To = Omit<Generates, 'path'> & { readonly path: string; readonly quirks: readonly QuirkName[] };

function generate(target: Target, to: To, request: TextRequest, call: Call): Promise<Response> {
  const { host, upstreamModel } = target;
  const { path, quirks, assumed, providerHeader } = to;
  const streamed = request.body.stream === true;
  const collected = !streamed && hostOptions(target, call.settings)?.collect === true;
  const fields = collected ? { ...request.body, ...STREAMED } : request.body;
  const write = (body: JsonObject) => {
    // As it came, if nothing had to change.
    const json = withModel(body === request.body ? request : { body }, upstreamModel, call);
    const upstream = jsonRequest(host, path, json, call);
    return streamed || collected ? { ...upstream, streamed: true } : upstream;
  };
  const upstream = adapted({ target, fields, quirks, assumed, write }, call);
  const whole = (response: Response) => relayWhole(response, host.name, fields.prompt, call);
  return send(upstream, call, (response) => {
    const provider = providerHeader && call.answeredBy ? response.headers.get(providerHeader) : null;
    if (provider !== null) call.answeredBy?.(provider);
    if (streamed) return relayStream(response, host.name, call);
    return collected ? collectStream(response, host.name, call, whole) : whole(response);
  });
}

/** A whole answer that is collected from a stream. */
const STREAMED = { stream: true, stream_options: { include_usage: true } };

/** A request with the host's own id as its model: as it came, if it can be. */
export function withModel({ body, forwarded }: TextRequest, model: string, { large }: Call): UpstreamBody {
  const whole = forwarded?.withModel(model);
  if (whole) return whole;
  const json = JSON.stringify({ ...body, model });
  return large ? large.into(json) : json;
}

/** Checks a complete answer, and passes its own bytes on. */
async function relayWhole(response: Response, name: string, prompts: unknown, call: Call): Promise<Response> {
  const { body, json } = await readWhole(response, name);
  const answer = json as (JsonObject & { usage?: JsonObject | null }) | null;
  if (!Array.isArray(answer?.choices)) throw invalidAnswer(name, 'without choices');
  const { usage, timings } = answer;
  const choices = answer.choices as (JsonObject | null)[];
  const tokens = tokensOfAnswer({ choices, usage, timings }, prompts);
  if (tokens) call.outcome.addTokens(tokens);
  const reason = choices[0]?.finish_reason;
  if (typeof reason === 'string') call.report.finishReason = reason;
  return answerWith(body, { 'content-type': 'application/json' });
}

/**
 * A long text of a large answer stays in its bytes: it is passed on, and as a string it would be in memory
 * twice more.
 */
async function readWhole(response: Response, name: string): Promise<{ body: string | Uint8Array; json: unknown }> {
  const declared = declaredLength(response);
  if (declared !== undefined && declared < LARGE_BYTES) {
    const { text, json } = await readJson(response, name, MAX_TEXT_ANSWER_BYTES);
    return { body: text, json };
  }
  const body = await readAnswer(response, name, { maxBytes: MAX_TEXT_ANSWER_BYTES });
  const rest = body.length < LARGE_BYTES ? body : takeLargeStrings(body, LARGE_BYTES / 4, isOfJson).rest;
  return { body, json: parseAnswer(utf8.decode(rest), name) };
}

/** JSON has no control characters in its strings. */
const isOfJson = (content: Uint8Array) => content.every((byte) => byte >= 0x20);
