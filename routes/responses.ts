import * as z from 'zod/mini';
import { isCount, isFlag, isName, isText, isWithin, usual } from '../src/intake/usual.ts';
import { lazy } from '../src/lazy.ts';
import { answerByChat } from '../src/responses/answer-by-chat.ts';
import { route, runRoute } from '../src/route.ts';
import { MAX_CHAT_BODY_BYTES } from '../src/sizes.ts';
import { chatCompletions } from './chat.ts';
import { count, flag, sampling } from './fields.ts';

/** OpenAI's request. Source: https://platform.openai.com/docs/api-reference/responses/create */
export const responseRequest = lazy(() => {
  const { model, stream, temperature, top_p } = sampling();
  const object = () => z.optional(z.nullable(z.looseObject({})));
  const text = () => z.optional(z.nullable(z.string()));
  return z.looseObject({
    ...{ model, stream, temperature, top_p },
    input: z.union([z.string(), z.array(z.looseObject({})).check(z.minLength(1))], {
      error: 'must be a string or an array of items, at least one',
    }),
    instructions: text(),
    max_output_tokens: z.optional(z.nullable(count(1, 10_000_000))),
    tools: z.optional(z.nullable(z.array(z.looseObject({ type: z.string() })))),
    tool_choice: z.optional(
      z.nullable(
        z.union([z.string(), z.looseObject({ type: z.string() })], {
          error: 'must be a string or an object with a `type`',
        }),
      ),
    ),
    parallel_tool_calls: flag(),
    text: z.optional(
      z.nullable(z.looseObject({ format: z.optional(z.nullable(z.looseObject({ type: z.string() }))) })),
    ),
    reasoning: object(),
    include: z.optional(z.nullable(z.array(z.string()))),
    top_logprobs: z.optional(z.nullable(count(0, 20))),
    metadata: object(),
    store: flag(),
    background: flag(),
    previous_response_id: text(),
  });
});

/** POST /v1/responses: a chat in another form. */
export const createResponse = route({
  method: 'POST',
  path: '/v1/responses',
  access: 'text',
  schema: responseRequest,
  usual: usual(
    { model: isName, input: isText },
    {
      ...{ instructions: isText, stream: isFlag, max_output_tokens: isCount(1, 10_000_000) },
      ...{ temperature: isWithin(0, 2), top_p: isWithin(0, 1) },
    },
  ),
  reaches: ['text-generation'],
  maxBytes: MAX_CHAT_BODY_BYTES,
  forwards: true,
  run: (body, call) => answerByChat(body, call, (chat) => runRoute(chatCompletions, chat, call)),
});
