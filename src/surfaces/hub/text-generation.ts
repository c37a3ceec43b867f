import * as z from 'zod/mini';
import { lazy } from '../../base/lazy.ts';
import { maybe } from '../../intake/maybe.ts';
import { hubTask, textAnd } from './hub-task.ts';
import { requireAnswer } from './refused.ts';
import { generation, nameOfGeneration, samplingOf } from './sampling.ts';
import { detailsOf, toTokenEvents } from './token-events.ts';

/** The default of Text Generation Inference. */
const DEFAULT_MAX_NEW_TOKENS = 100;

const request = lazy(() =>
  textAnd({
    ...generation(),
    return_full_text: maybe(z.boolean()),
    details: maybe(z.boolean()),
    stop: maybe(z.array(z.string())),
  }),
);

interface Completion {
  readonly choices: readonly { readonly text?: string; readonly finish_reason?: string | null }[];
  readonly usage?: { readonly completion_tokens?: number } | null;
}

/** Text Generation Inference's own shapes, complete or as a stream. */
export const textGeneration = hubTask({
  schema: request,
  request({ inputs, parameters, stream }) {
    const { return_full_text: _, details: _d, ...rest } = parameters;
    return {
      prompt: inputs,
      ...samplingOf({ ...rest, max_new_tokens: rest.max_new_tokens ?? DEFAULT_MAX_NEW_TOKENS }),
      ...(stream && { stream, stream_options: { include_usage: true } }),
    };
  },
  async answer(answer, { inputs, parameters, stream }, call) {
    const prefix = parameters.return_full_text ? inputs : '';
    const stops = (parameters.stop ?? []).length > 0;
    if (stream) return new Response(answer.body && toTokenEvents(answer.body, { prefix, stops }, call), answer);
    const { choices, usage } = (await answer.json()) as Completion;
    const [choice] = choices;
    requireAnswer('', choice?.finish_reason);
    const details = {
      ...detailsOf(choice?.finish_reason, stops, usage?.completion_tokens ?? 0),
      prefill: [],
      tokens: [],
    };
    return Response.json(
      [{ generated_text: prefix + (choice?.text ?? ''), ...(parameters.details && { details }) }],
      answer,
    );
  },
  nameOf: nameOfGeneration,
});
