import * as z from 'zod/mini';
import { lazy } from '../src/base/lazy.ts';
import { MAX_CHAT_BODY_BYTES } from '../src/base/sizes.ts';
import { MAX_ANSWER_TOKENS } from '../src/call/host-counts.ts';
import { reportIgnored } from '../src/call/report.ts';
import { maybe } from '../src/intake/maybe.ts';
import { type Route, route, runRoute } from '../src/route.ts';
import { answerByChat } from '../src/surfaces/messages/answer-by-chat.ts';
import { ignoredOf } from '../src/surfaces/messages/chat-body.ts';
import { countMessages } from '../src/surfaces/messages/count-messages.ts';
import { messagesError } from '../src/surfaces/messages/errors.ts';
import type { MessagesRequest } from '../src/surfaces/messages/request.ts';
import { chatCompletions } from './chat.ts';
import { count, modelName } from './fields.ts';

const blocks = () => z.array(z.looseObject({ type: z.string() }));
const content = () =>
  z.union([z.string(), blocks()], { error: 'must be a string or an array of blocks, each with a `type`' });

/** Anthropic's request to count. Source: https://platform.claude.com/docs/en/api/messages/count_tokens */
export const countRequest = lazy(() =>
  z.looseObject({
    model: modelName(),
    messages: z
      .array(z.looseObject({ role: z.enum(['user', 'assistant', 'system']), content: content() }))
      .check(z.minLength(1)),
    system: maybe(content()),
    stream: maybe(z.boolean()),
    temperature: maybe(z.number().check(z.gte(0), z.lte(1))),
    top_p: maybe(z.number().check(z.gte(0), z.lte(1))),
    top_k: maybe(z.int().check(z.gte(0))),
    stop_sequences: maybe(z.array(z.string())),
    tools: maybe(z.array(z.looseObject({ name: z.string() }))),
    tool_choice: maybe(
      z.looseObject({
        type: z.enum(['auto', 'any', 'tool', 'none']),
        name: maybe(z.string()),
        disable_parallel_tool_use: maybe(z.boolean()),
      }),
    ),
    thinking: maybe(z.looseObject({ type: z.enum(['enabled', 'adaptive', 'disabled']) })),
    metadata: maybe(z.looseObject({ user_id: maybe(z.string()) })),
    output_config: maybe(
      z.looseObject({ effort: maybe(z.string()), format: maybe(z.looseObject({ type: z.string() })) }),
    ),
    output_format: maybe(z.looseObject({ type: z.string() })),
  }),
);

/** Anthropic's request. Source: https://platform.claude.com/docs/en/api/messages/create */
export const messagesRequest = lazy(() => z.extend(countRequest(), { max_tokens: count(1, MAX_ANSWER_TOKENS) }));

/** POST /v1/messages: a chat in Anthropic's form. */
export const createMessage: Route = route({
  method: 'POST',
  path: '/v1/messages',
  access: 'text',
  schema: messagesRequest,
  reaches: ['text-generation'],
  maxBytes: MAX_CHAT_BODY_BYTES,
  forwards: true,
  errorShape: messagesError,
  run(body, call) {
    const request = body as MessagesRequest;
    reportIgnored(call.report, ignoredOf(request));
    return answerByChat(request, call, (chat, own) => runRoute(chatCompletions, chat, own));
  },
});

/** POST /v1/messages/count_tokens: the tokens of a request that is not answered. */
export const countMessageTokens = route({
  method: 'POST',
  path: '/v1/messages/count_tokens',
  access: 'text',
  schema: countRequest,
  maxBytes: MAX_CHAT_BODY_BYTES,
  forwards: true,
  errorShape: messagesError,
  async run(body, call) {
    const request = body as MessagesRequest;
    reportIgnored(call.report, ignoredOf(request));
    const { tokens, headers } = await countMessages(request, call);
    return Response.json({ input_tokens: tokens }, { headers: { ...headers, 'request-id': call.requestId } });
  },
});
