import type { OtherFormat } from '../../base/bytes/file-kind.ts';
import { Placeholders } from '../../base/bytes/placeholders.ts';
import type { QuirkName } from '../../base/quirk-names.ts';
import type { Host } from '../../call/hosts.ts';
import type {
  ChatTarget,
  EditTarget,
  EmbeddingTarget,
  ImageTarget,
  ModerationTarget,
  RankingTarget,
  SpeechTarget,
  Target,
  TranscriptionTarget,
} from '../../call/tasks.ts';
import { llamaGuard } from '../protocols/llama-guard.ts';
import { speechAt, transcriptionAt } from '../protocols/openai-audio.ts';
import { editAt } from '../protocols/openai-edit.ts';
import { requestVectors } from '../protocols/openai-embeddings.ts';
import { imageAt } from '../protocols/openai-image.ts';
import { moderationAt } from '../protocols/openai-moderation.ts';
import { chatAndCompletionsAt } from '../protocols/openai-text.ts';
import { rankingAt } from '../protocols/rerank.ts';
import { textsOf } from '../protocols/text-inputs.ts';

/**
 * Hosts that speak OpenAI's API: vLLM, TGI, llama.cpp, Ollama, this project's inference server.
 * Source: https://platform.openai.com/docs/api-reference
 */
export function text(host: Host, upstreamModel: string, path = ''): ChatTarget {
  const assumed = OPENAI_REASONS.test(upstreamModel) ? MAX_COMPLETION_TOKENS : undefined;
  return chatAndCompletionsAt(host, upstreamModel, { path, assumed });
}

/** OpenAI's reasoning models by their own names: the first request of an isolate need not be rejected. */
const OPENAI_REASONS = /^(gpt-[5-9]|o\d)/;
const MAX_COMPLETION_TOKENS: readonly QuirkName[] = ['max_completion_tokens'];

/** @param dimensions sent on if the caller chose them: only the host knows what its model allows */
export function embedding(host: Host, upstreamModel: string, dimensions?: number): EmbeddingTarget {
  const target: Target = { host, upstreamModel };
  return {
    ...target,
    batch: { text: 128 },
    async embed(inputs, call) {
      const large = new Placeholders();
      return requestVectors(target, { input: textsOf(inputs, upstreamModel, large), dimensions }, large, call);
    },
  };
}

/** At a host whose line, or the operator, says that it ranks. */
export function ranking(host: Host, upstreamModel: string): RankingTarget {
  return rankingAt(host, upstreamModel);
}

/** By the host's own moderation. */
export function moderation(host: Host, upstreamModel: string): ModerationTarget {
  return moderationAt(host, upstreamModel);
}

/** By a Llama Guard, which the host serves as a chat. */
export function guard(host: Host, upstreamModel: string): ModerationTarget {
  return llamaGuard(text(host, upstreamModel));
}

export function transcription(host: Host, upstreamModel: string): TranscriptionTarget {
  return transcriptionAt(host, upstreamModel);
}

export function speech(host: Host, upstreamModel: string): SpeechTarget {
  return speechAt(host, upstreamModel);
}

/** Pictures from texts. */
export function image(host: Host, upstreamModel: string): ImageTarget {
  return imageAt(host, upstreamModel);
}

export function edit(host: Host, upstreamModel: string, formats: readonly OtherFormat[] = []): EditTarget {
  return { ...editAt(host, upstreamModel), formats };
}
