import type { InferenceProvider } from '@huggingface/inference';
import * as z from 'zod/mini';
import type { Call } from '../call/call.ts';
import { ApiError } from '../errors.ts';
import { huggingfaceRouter } from '../hosts.ts';
import { lazy } from '../lazy.ts';
import type { ChatTarget, EmbeddingTarget, ZeroShotTarget } from '../tasks.ts';
import { readJson, send } from '../upstream/transport.ts';
import { buildRequest, type ProviderModel } from './huggingface-request.ts';
import { chat as openaiChat } from './openai.ts';
import { invalid } from './vectors.ts';

export { image } from './huggingface-image.ts';

const MOST_VECTOR_BYTES = 64 * 1024 * 1024;
const MOST_SCORE_BYTES = 1024 * 1024;

/** @param upstreamModel a hub id, with a routing suffix where wanted: `:fastest`, `:cheapest`, `:<provider>` */
export function chat(upstreamModel: string): ChatTarget {
  return openaiChat(huggingfaceRouter, upstreamModel, '/v1');
}

const vectorsSchema = lazy(() => z.array(z.array(z.number())));

/** Text embeddings: `hf-inference`, `scaleway`, `together` and `deepinfra` have the task. */
export function embedding(provider: InferenceProvider, providerId: string): EmbeddingTarget {
  const model: ProviderModel = { host: huggingfaceRouter, provider, providerId };
  return {
    host: huggingfaceRouter,
    upstreamModel: `${provider}/${providerId}`,
    batch: { text: 64 },
    async embed(inputs, call) {
      const texts = inputs.map((input) => {
        if (input.kind === 'text') return input.text;
        throw new ApiError('unsupported_parameter', `The model ${providerId} embeds text only.`, { param: 'input' });
      });
      const { request, helper } = await buildRequest(model, 'feature-extraction', { inputs: texts }, call);
      return send(request, call, async (response) => {
        const { json } = await readJson(response, request.name, MOST_VECTOR_BYTES);
        const vectors = vectorsSchema().safeParse(await read(() => helper.getResponse(json), request.name));
        if (!vectors.success) throw invalid(request.name, 'without one vector per text');
        if (vectors.data.length !== texts.length) {
          throw invalid(request.name, `with ${vectors.data.length} vectors for ${texts.length} texts`);
        }
        return { vectors: vectors.data.map((vector) => new Float32Array(vector)), promptTokens: 0 };
      });
    },
  };
}

const scoresSchema = lazy(() => z.array(z.object({ label: z.string(), score: z.number() })));

/** Relative scores of a picture's labels from a hosted CLIP, for where no host gives its vectors. */
export function zeroShot(providerId: string): ZeroShotTarget {
  const model: ProviderModel = { host: huggingfaceRouter, provider: 'hf-inference', providerId };
  return {
    host: huggingfaceRouter,
    upstreamModel: `hf-inference/${providerId}`,
    async classify(picture, labels, template, call: Call) {
      const args = {
        // As the task's specification says; the library's own client wraps it in `{image}`.
        inputs: picture.bytes.toBase64(),
        parameters: { candidate_labels: labels, hypothesis_template: template },
      };
      const { request, helper } = await buildRequest(model, 'zero-shot-image-classification', args, call);
      return send(request, call, async (response) => {
        const { json } = await readJson(response, request.name, MOST_SCORE_BYTES);
        const scores = scoresSchema().safeParse(await read(() => helper.getResponse(json), request.name));
        if (!scores.success) throw invalid(request.name, 'without a label and a score each');
        // They come sorted by score: joined by label, since their order says nothing of the request's.
        const byLabel = new Map(scores.data.map(({ label, score }) => [label, score]));
        return labels.map((label) => {
          const score = byLabel.get(label);
          if (score === undefined) throw invalid(request.name, 'without a score for every label');
          return score;
        });
      });
    },
  };
}

/** The library's reader throws errors that quote the answer: they become one of ours, without it. */
export async function read<T>(work: () => Promise<T>, name: string): Promise<T> {
  try {
    return await work();
  } catch {
    throw invalid(name, 'with another shape than its task has');
  }
}
