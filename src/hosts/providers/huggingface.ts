import * as z from 'zod/mini';
import type { OtherFormat } from '../../base/bytes/file-kind.ts';
import { Placeholders } from '../../base/bytes/placeholders.ts';
import { lazy } from '../../base/lazy.ts';
import { MAX_SCORES_ANSWER_BYTES, MAX_VECTORS_ANSWER_BYTES } from '../../base/sizes.ts';
import { huggingfaceRouter } from '../../call/hosts.ts';
import type {
  ChatTarget,
  EmbeddingTarget,
  ModerationTarget,
  SpeechTarget,
  TranscriptionTarget,
  ZeroShotTarget,
} from '../../call/tasks.ts';
import type { ProviderOf } from '../protocols/huggingface-library.ts';
import { buildRequest, type ProviderModel, readByLibrary } from '../protocols/huggingface-request.ts';
import { llamaGuard } from '../protocols/llama-guard.ts';
import { speechAt, transcriptionAt } from '../protocols/openai-audio.ts';
import { chatAt } from '../protocols/openai-text.ts';
import { textsOf } from '../protocols/text-inputs.ts';
import { readJson } from '../upstream/answer.ts';
import { invalidAnswer } from '../upstream/failure.ts';
import { send } from '../upstream/transport.ts';

/** @param upstreamModel a hub id, optionally with a routing suffix: `:fastest`, `:cheapest`, `:<provider>` */
export function chat(upstreamModel: string): ChatTarget {
  const target = chatAt(huggingfaceRouter, upstreamModel, { path: '/v1', providerHeader: PROVIDER_HEADER });
  const [, model] = CHOSEN_BY_ROUTER.exec(upstreamModel) ?? [];
  return model === undefined ? target : { ...target, at: (provider) => chat(`${model}:${provider}`) };
}

/**
 * As Hugging Face's own chat reads it.
 * Source: https://github.com/huggingface/chat-ui/blob/main/src/lib/server/textGeneration/mcp/runMcpFlow.ts
 */
const PROVIDER_HEADER = 'x-inference-provider';
const CHOSEN_BY_ROUTER = /^(.+):(?:fastest|cheapest)$/;

/** A Llama Guard. */
export const guard = (upstreamModel: string): ModerationTarget => llamaGuard(chat(upstreamModel));

const vectorsSchema = lazy(() => z.array(z.array(z.number())));

/** Text embeddings: `hf-inference`, `scaleway`, `together` and `deepinfra` have the task. */
export function embedding(provider: ProviderOf<'feature-extraction'>, providerId: string): EmbeddingTarget {
  const model: ProviderModel<'feature-extraction'> = { host: huggingfaceRouter, provider, providerId };
  return {
    host: huggingfaceRouter,
    upstreamModel: `${provider}/${providerId}`,
    // What Text Embeddings Inference, which hf-inference runs, takes unless it is told to take more.
    // Source: https://huggingface.co/docs/text-embeddings-inference/cli_arguments, `--max-client-batch-size`
    batch: { text: 32 },
    async embed(inputs, call) {
      const large = new Placeholders();
      const texts = textsOf(inputs, providerId, large);
      const { request, helper } = await buildRequest(model, 'feature-extraction', { inputs: texts }, call);
      return send({ ...request, body: large.into(request.body) }, call, async (response) => {
        const { json } = await readJson(response, request.name, MAX_VECTORS_ANSWER_BYTES);
        const vectors = vectorsSchema().safeParse(await readByLibrary(() => helper.getResponse(json), request.name));
        if (!vectors.success) throw invalidAnswer(request.name, 'without one vector per text');
        if (vectors.data.length !== texts.length) {
          throw invalidAnswer(request.name, `with ${vectors.data.length} vectors for ${texts.length} texts`);
        }
        return { vectors: vectors.data.map((vector) => new Float32Array(vector)), promptTokens: 0 };
      });
    },
  };
}

const scoresSchema = lazy(() => z.array(z.object({ label: z.string(), score: z.number() })));

/** Relative scores of a picture's labels from a hosted CLIP, if no host returns its vectors. */
export function zeroShot(providerId: string, formats: readonly OtherFormat[] = []): ZeroShotTarget {
  const model: ProviderModel<'zero-shot-image-classification'> = {
    host: huggingfaceRouter,
    provider: 'hf-inference',
    providerId,
  };
  return {
    host: huggingfaceRouter,
    upstreamModel: `hf-inference/${providerId}`,
    formats,
    async classify(picture, labels, template, call) {
      const pictures = new Placeholders();
      const args = {
        // As the task's specification says. The library's own client wraps it in `{image}`.
        inputs: pictures.base64(picture.bytes),
        parameters: { candidate_labels: labels, hypothesis_template: template },
      };
      const { request: built, helper } = await buildRequest(model, 'zero-shot-image-classification', args, call);
      const request = { ...built, body: pictures.into(built.body) };
      return send(request, call, async (response) => {
        const { json } = await readJson(response, request.name, MAX_SCORES_ANSWER_BYTES);
        const scores = scoresSchema().safeParse(await readByLibrary(() => helper.getResponse(json), request.name));
        if (!scores.success) throw invalidAnswer(request.name, 'without a label and a score each');
        // They are sorted by score, so they are matched by label.
        const byLabel = new Map(scores.data.map(({ label, score }) => [label, score]));
        return labels.map((label) => {
          const score = byLabel.get(label);
          if (score === undefined) throw invalidAnswer(request.name, 'without a score for every label');
          return score;
        });
      });
    },
  };
}

/** Providers behind the router that speak OpenAI's API for sound, and where. */
const AUDIO_PATHS = { together: '/together/v1', deepinfra: '/deepinfra/v1/openai' } as const;

/** Speech to text: the form is passed on as it is, but for its model. */
export function transcription(provider: keyof typeof AUDIO_PATHS, providerId: string): TranscriptionTarget {
  const target = transcriptionAt(huggingfaceRouter, providerId, AUDIO_PATHS[provider]);
  return { ...target, upstreamModel: `${provider}/${providerId}` };
}

export function speech(provider: keyof typeof AUDIO_PATHS, providerId: string): SpeechTarget {
  const target = speechAt(huggingfaceRouter, providerId, AUDIO_PATHS[provider]);
  return { ...target, upstreamModel: `${provider}/${providerId}` };
}
