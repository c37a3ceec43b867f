import { type Call, followClient } from '../call/call.ts';
import { ApiError } from '../errors.ts';
import type { Endpoint, Host } from '../hosts.ts';
import { relayStream } from '../stream/relay.ts';
import type { ChatTarget, EmbeddingTarget, JsonObject } from '../tasks.ts';
import { readJson, send } from '../upstream/transport.ts';
import { readVectors } from './vectors.ts';

/**
 * Hosts that speak OpenAI's API: vLLM, TGI, llama.cpp, Ollama, Hugging Face's router, this project's origin.
 * Source: https://platform.openai.com/docs/api-reference
 */

const MOST_TEXT_BYTES = 8 * 1024 * 1024;
const MOST_VECTOR_BYTES = 64 * 1024 * 1024;

/** @param path where the API begins at a host whose base URL is not the API's own: `/v1` */
export function chat(host: Host, upstreamModel: string, path = ''): ChatTarget {
  return {
    host,
    upstreamModel,
    chat: (body, call) => generate(host, `${path}/chat/completions`, { ...body, model: upstreamModel }, call),
  };
}

/** A host that has the legacy completions route too. */
export function chatAndCompletions(host: Host, upstreamModel: string, path = ''): ChatTarget {
  return {
    ...chat(host, upstreamModel, path),
    complete: (body, call) => generate(host, `${path}/completions`, { ...body, model: upstreamModel }, call),
  };
}

/** @param dimensions sent on where the caller chose them: only the host knows what its model allows. */
export function embedding(host: Host, upstreamModel: string, path = '', dimensions?: number): EmbeddingTarget {
  return {
    host,
    upstreamModel,
    batch: { text: 256 },
    async embed(inputs, call) {
      const body = {
        model: upstreamModel,
        input: inputs.map((input) => {
          if (input.kind === 'text') return input.text;
          throw new ApiError('unsupported_parameter', `The model ${upstreamModel} embeds text only.`, {
            param: 'input',
          });
        }),
        encoding_format: 'base64',
        ...(dimensions === undefined ? {} : { dimensions }),
      };
      return send(jsonRequest(host, `${path}/embeddings`, body, call), call, async (response) =>
        readVectors((await readJson(response, host.name, MOST_VECTOR_BYTES)).json, inputs.length, host.name),
      );
    },
  };
}

async function generate(host: Host, path: string, body: JsonObject, call: Call): Promise<Response> {
  const streams = body.stream === true;
  if (streams) followClient(call);
  return send(jsonRequest(host, path, body, call), call, (response) =>
    streams ? relayStream(response, host.name, call) : relayWhole(response, host.name, call),
  );
}

/** Checks a whole answer and passes its own bytes on. */
async function relayWhole(response: Response, name: string, call: Call): Promise<Response> {
  const { text, json } = await readJson(response, name, MOST_TEXT_BYTES);
  const answer = json as { choices?: { finish_reason?: string }[]; usage?: Record<string, number> } | null;
  if (!Array.isArray(answer?.choices)) {
    throw new ApiError('upstream_invalid_answer', `The host ${name} answered without choices.`);
  }
  const { usage, choices } = answer;
  if (usage) call.report.tokens = { prompt: usage.prompt_tokens ?? 0, completion: usage.completion_tokens ?? 0 };
  const reason = choices[0]?.finish_reason;
  if (reason) call.report.finishReason = reason;
  return new Response(text, { headers: { 'content-type': 'application/json' } });
}

/** A JSON request to a host of the operator's choice. */
export function jsonRequest(host: Host, path: string, body: unknown, call: Call) {
  const { url, token } = endpointOf(host, call);
  return {
    name: host.name,
    url: `${url}${path}`,
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(body),
  };
}

/** Targets are chosen among the available ones, so an endpoint is always there. */
export function endpointOf(host: Host, call: Call): Endpoint {
  const endpoint = host.endpoint(call.settings);
  if (!endpoint) throw new ApiError('model_unavailable', `The setting ${host.requires} is not set.`);
  return endpoint;
}
