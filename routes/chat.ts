import * as z from 'zod/mini';
import { type AppContext, callOf } from '../src/app.ts';
import { readJsonBody } from '../src/intake/body.ts';
import { lazy } from '../src/lazy.ts';
import { resolve } from '../src/models/resolve.ts';
import { LIMITS } from '../src/time-limits.ts';
import { firstThatAnswers } from '../src/upstream/fallback.ts';
import { count, sampling } from './fields.ts';

const message = () =>
  z.looseObject({
    role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
    content: z.optional(
      z.nullable(
        z.union([z.string(), z.array(z.looseObject({ type: z.string() }))], {
          error: 'must be a string or an array of parts, each with a `type`',
        }),
      ),
    ),
  });

/** OpenAI's chat request. Source: https://platform.openai.com/docs/api-reference/chat/create */
export const chatRequest = lazy(() =>
  z.looseObject({
    ...sampling(),
    messages: z.array(message()).check(z.minLength(1)),
    max_completion_tokens: z.optional(z.nullable(count(0, 10_000_000))),
    tools: z.optional(z.nullable(z.array(z.looseObject({ type: z.string() })))),
    response_format: z.optional(z.nullable(z.looseObject({ type: z.string() }))),
  }),
);

/** POST /v1/chat/completions: the host's own bytes, whole or as a stream. */
export async function chatCompletions(c: AppContext): Promise<Response> {
  const call = callOf(c, LIMITS['text-generation']);
  const body = await readJsonBody(c.req.raw, chatRequest());
  const model = resolve(body.model, ['text-generation'], call.settings);
  call.report.model = model.id;
  return firstThatAnswers(model, call, (target, call) => target.chat(body, call));
}
