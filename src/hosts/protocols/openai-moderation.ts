import * as z from 'zod/mini';
import { lazy } from '../../base/lazy.ts';
import { MAX_SCORES_ANSWER_BYTES } from '../../base/sizes.ts';
import type { Host } from '../../call/hosts.ts';
import type { Judged, Verdict } from '../../call/moderation.ts';
import type { ModerationTarget } from '../../call/tasks.ts';
import { readJson } from '../upstream/answer.ts';
import { invalidAnswer } from '../upstream/failure.ts';
import { send } from '../upstream/transport.ts';
import { jsonRequest } from './json-request.ts';

const score = () => z.number().check(z.gte(0), z.lte(1));
const answerSchema = lazy(() =>
  z.object({
    results: z.array(
      z.object({
        flagged: z.boolean(),
        categories: z.record(z.string(), z.nullable(z.boolean())),
        category_scores: z.record(z.string(), score()),
        category_applied_input_types: z.optional(z.record(z.string(), z.array(z.string()))),
      }),
    ),
  }),
);

/**
 * A host with OpenAI's moderation. Source: https://platform.openai.com/docs/api-reference/moderations
 */
export function moderationAt(host: Host, upstreamModel: string): ModerationTarget {
  return {
    host,
    upstreamModel,
    takesPictures: true,
    moderate(inputs, call) {
      const body = JSON.stringify({ model: upstreamModel, input: inputOf(inputs) });
      const request = jsonRequest(host, '/moderations', body, call);
      return send(request, call, async (response): Promise<readonly Verdict[]> => {
        const { json } = await readJson(response, host.name, MAX_SCORES_ANSWER_BYTES);
        const answer = answerSchema().safeParse(json);
        if (!answer.success) throw invalidAnswer(host.name, 'without the shape of a moderation');
        const { results } = answer.data;
        if (results.length === inputs.length) return results;
        throw invalidAnswer(host.name, `with ${results.length} results for ${inputs.length} inputs`);
      });
    },
  };
}

/** A list of parts is one input, a list of texts is several. */
function inputOf(inputs: readonly Judged[]): Judged | readonly Judged[] {
  const [only] = inputs;
  return inputs.length === 1 && only !== undefined ? only : inputs;
}
