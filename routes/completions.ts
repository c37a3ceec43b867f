import * as z from 'zod/mini';
import { type AppContext, callOf } from '../src/app.ts';
import { readJsonBody } from '../src/intake/body.ts';
import { lazy } from '../src/lazy.ts';
import { resolve } from '../src/models/resolve.ts';
import { completeByChat } from '../src/providers/complete-by-chat.ts';
import { LIMITS } from '../src/time-limits.ts';
import { firstThatAnswers } from '../src/upstream/fallback.ts';
import { flag, sampling } from './fields.ts';

/** The legacy request. Source: https://platform.openai.com/docs/api-reference/completions/create */
export const completionRequest = lazy(() =>
  z.looseObject({
    ...sampling(),
    prompt: z.union([z.string(), z.array(z.string()).check(z.minLength(1), z.maxLength(128))], {
      error: 'must be a string or an array of 1 to 128 strings',
    }),
    suffix: z.optional(z.nullable(z.string())),
    echo: flag(),
  }),
);

export type CompletionRequest = z.infer<ReturnType<typeof completionRequest>>;

/** POST /v1/completions: for hosts that have it; for others the prompt becomes a chat of one message. */
export async function completions(c: AppContext): Promise<Response> {
  const call = callOf(c, LIMITS['text-generation']);
  const body = await readJsonBody(c.req.raw, completionRequest());
  const model = resolve(body.model, ['text-generation'], call.settings);
  call.report.model = model.id;
  return firstThatAnswers(model, call, (target, call) =>
    target.complete ? target.complete(body, call) : completeByChat(target, body, call),
  );
}
