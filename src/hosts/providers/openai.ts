import type { OtherFormat } from '../../base/bytes/file-kind.ts';
import { Placeholders } from '../../base/bytes/placeholders.ts';
import type { Host } from '../../call/hosts.ts';
import type {
  ChatTarget,
  EditTarget,
  EmbeddingTarget,
  SpeechTarget,
  TextRequest,
  TranscriptionTarget,
} from '../../call/tasks.ts';
import { jsonRequest } from '../protocols/json-request.ts';
import { speechAt, transcriptionAt } from '../protocols/openai-audio.ts';
import { editAt } from '../protocols/openai-edit.ts';
import { chatAndCompletionsAt } from '../protocols/openai-text.ts';
import { readVectors } from '../protocols/openai-vectors.ts';
import { textsOf } from '../protocols/text-inputs.ts';
import { send } from '../upstream/transport.ts';

/**
 * Hosts that speak OpenAI's API: vLLM, TGI, llama.cpp, Ollama, this project's inference server.
 * Source: https://platform.openai.com/docs/api-reference
 */
export function text(host: Host, upstreamModel: string, path = ''): ChatTarget {
  const target = chatAndCompletionsAt(host, upstreamModel, path);
  if (!OPENAI_REASONS.test(upstreamModel)) return target;
  return { ...target, chat: (request, call) => target.chat(withoutMaxTokens(request), call) };
}

/** OpenAI's reasoning models reject `max_tokens`; not all other hosts know `max_completion_tokens`. */
const OPENAI_REASONS = /^(gpt-[5-9]|o\d)/;

function withoutMaxTokens(request: TextRequest): TextRequest {
  const { max_tokens, ...body } = request.body;
  if (max_tokens == null) return request;
  return { body: { ...body, max_completion_tokens: body.max_completion_tokens ?? max_tokens } };
}

/** @param dimensions sent on if the caller chose them: only the host knows what its model allows */
export function embedding(host: Host, upstreamModel: string, dimensions?: number): EmbeddingTarget {
  return {
    host,
    upstreamModel,
    batch: { text: 128 },
    async embed(inputs, call) {
      const large = new Placeholders();
      const body = {
        model: upstreamModel,
        input: textsOf(inputs, upstreamModel, large),
        encoding_format: 'base64',
        dimensions,
      };
      return send(jsonRequest(host, '/embeddings', large.into(JSON.stringify(body)), call), call, (response) =>
        readVectors(response, inputs.length, host.name),
      );
    },
  };
}

export function transcription(host: Host, upstreamModel: string): TranscriptionTarget {
  return transcriptionAt(host, upstreamModel);
}

export function speech(host: Host, upstreamModel: string): SpeechTarget {
  return speechAt(host, upstreamModel);
}

export function edit(host: Host, upstreamModel: string, formats: readonly OtherFormat[] = []): EditTarget {
  return { ...editAt(host, upstreamModel), formats };
}
