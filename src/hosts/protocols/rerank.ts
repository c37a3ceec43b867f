import * as z from 'zod/mini';
import { Placeholders } from '../../base/bytes/placeholders.ts';
import { lazy } from '../../base/lazy.ts';
import { MAX_SCORES_ANSWER_BYTES } from '../../base/sizes.ts';
import { tokenCount } from '../../call/host-counts.ts';
import type { Host } from '../../call/hosts.ts';
import type { Ranked, RankingTarget } from '../../call/tasks.ts';
import { readJson } from '../upstream/answer.ts';
import { invalidAnswer } from '../upstream/failure.ts';
import { send } from '../upstream/transport.ts';
import { jsonRequest } from './json-request.ts';
import { textsOf } from './text-inputs.ts';

/**
 * What hosts of rerankers answer: llama.cpp, vLLM and Jina with `results`, Text Embeddings Inference with a
 * list of `score`.
 */
const scoreSchema = () =>
  z.object({
    index: z.int(),
    relevance_score: z.optional(z.number()),
    score: z.optional(z.number()),
  });
const answerSchema = lazy(() =>
  z.union([
    z.pipe(
      z.array(scoreSchema()),
      z.transform((results) => ({ results, usage: undefined })),
    ),
    z.object({ results: z.array(scoreSchema()), usage: z.optional(z.unknown()) }),
  ]),
);

/**
 * Ranks documents by a model that reads each together with the query. The scores are the host's own: those of
 * llama.cpp are logits, those of others lie between 0 and 1.
 */
export function rankingAt(host: Host, upstreamModel: string): RankingTarget {
  return {
    host,
    upstreamModel,
    async rank({ query, documents, topN }, call) {
      const large = new Placeholders();
      const [its, ...others] = textsOf([query, ...documents], upstreamModel, large);
      // `top_n` is that of the Worker: a host may not know it.
      const body = { model: upstreamModel, query: its, documents: others, return_documents: false };
      const request = jsonRequest(host, '/rerank', large.into(JSON.stringify(body)), call);
      return send(request, call, async (response): Promise<Ranked> => {
        const { json } = await readJson(response, host.name, MAX_SCORES_ANSWER_BYTES);
        const answer = answerSchema().safeParse(json);
        if (!answer.success) throw invalidAnswer(host.name, 'without the shape of a ranking');
        const scores = new Map(
          answer.data.results.map((result) => [result.index, result.relevance_score ?? result.score]),
        );
        const results = documents.map((_, index) => ({ index, score: scores.get(index) }));
        if (scores.size !== documents.length || !results.every(hasScore)) {
          throw invalidAnswer(host.name, 'without a score for every document');
        }
        const sorted = results.filter(hasScore).sort((a, b) => b.score - a.score);
        return { results: sorted.slice(0, topN), promptTokens: promptTokensIn(answer.data.usage) };
      });
    },
  };
}

const hasScore = (result: { index: number; score: number | undefined }): result is { index: number; score: number } =>
  result.score !== undefined;

function promptTokensIn(usage: unknown): number {
  const { prompt_tokens, total_tokens } = (usage ?? {}) as Record<string, unknown>;
  return tokenCount(prompt_tokens) ?? tokenCount(total_tokens) ?? 0;
}
