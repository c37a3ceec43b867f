import * as z from 'zod/mini';
import { lazy } from '../src/base/lazy.ts';
import { MAX_CHAT_BODY_BYTES } from '../src/base/sizes.ts';
import type { Call } from '../src/call/call.ts';
import { MAX_ANSWER_TOKENS } from '../src/call/host-counts.ts';
import { reportIgnored } from '../src/call/report.ts';
import { maybe } from '../src/intake/maybe.ts';
import { isCount, isFlag, isInRange, isName, isText, usual } from '../src/intake/usual.ts';
import { meterOnError } from '../src/metering/metered.ts';
import { type Route, route, runRoute } from '../src/route.ts';
import { readFollowUp } from '../src/run-end.ts';
import { answerByChat } from '../src/surfaces/responses/answer-by-chat.ts';
import { omittedTools } from '../src/surfaces/responses/chat-tools.ts';
import { withHistory } from '../src/surfaces/responses/history.ts';
import { inputItems } from '../src/surfaces/responses/input-items.ts';
import { answerRecorded, recordingOf } from '../src/surfaces/responses/record-response.ts';
import type { ResponseRequest } from '../src/surfaces/responses/request.ts';
import {
  readRequest,
  readResponse,
  readResponseEvents,
  removeResponse,
} from '../src/surfaces/responses/stored-responses.ts';
import { invalid } from '../src/surfaces/responses/unsupported.ts';
import { chatCompletions } from './chat.ts';
import { count, DEFAULT_PAGE, flag, pageLimit, sampling } from './fields.ts';

/** OpenAI's request. Source: https://platform.openai.com/docs/api-reference/responses/create */
export const responseRequest = lazy(() => {
  const { model, stream, temperature, top_p } = sampling();
  const typed = () => z.looseObject({ type: z.string() });
  return z.looseObject({
    ...{ stream, temperature, top_p },
    // A prompt has a model and messages.
    model: z.optional(model),
    prompt: maybe(z.looseObject({})),
    input: z.optional(
      z.union([z.string(), z.array(z.looseObject({})).check(z.minLength(1))], {
        error: 'must be a string or an array of items, at least one',
      }),
    ),
    instructions: maybe(z.string()),
    max_output_tokens: maybe(count(1, MAX_ANSWER_TOKENS)),
    tools: maybe(z.array(typed())),
    tool_choice: maybe(z.union([z.string(), typed()], { error: 'must be a string or an object with a `type`' })),
    parallel_tool_calls: flag(),
    text: maybe(z.looseObject({ format: maybe(typed()) })),
    reasoning: maybe(z.looseObject({})),
    include: maybe(z.array(z.string())),
    top_logprobs: maybe(count(0, 20)),
    metadata: maybe(z.looseObject({})),
    store: flag(),
    background: flag(),
    previous_response_id: maybe(z.string()),
  });
});

/** POST /v1/responses: a chat in another form. It is only recorded if the request asks for it. */
export const createResponse: Route = route({
  method: 'POST',
  path: '/v1/responses',
  access: 'text',
  schema: responseRequest,
  usual: usual(
    { model: isName, input: isText },
    {
      ...{ instructions: isText, stream: isFlag, max_output_tokens: isCount(1, MAX_ANSWER_TOKENS) },
      ...{ temperature: isInRange(0, 2), top_p: isInRange(0, 1) },
    },
  ),
  reaches: ['text-generation'],
  startsRuns: true,
  maxBytes: MAX_CHAT_BODY_BYTES,
  forwards: true,
  async run(body, call) {
    requireContent(body);
    const { resolved, call: its } = await meterOnError(call, () => withHistory(body, call));
    reportIgnored(call.report, omittedTools(resolved.request));
    const recording = recordingOf(resolved.request, call);
    if (!recording) return answerByChat(resolved, its, (chat, chatCall) => runRoute(chatCompletions, chat, chatCall));
    const followUp = readFollowUp(call.headers, call);
    return answerRecorded(resolved, its, { route: createResponse, recording, followUp });
  },
});

/** @throws ApiError `invalid_parameter` if there is nothing to answer, or nobody */
function requireContent({ prompt, model, input }: ResponseRequest): void {
  if (prompt) return;
  if (model === undefined) throw invalid('model', 'is required');
  if (input === undefined) throw invalid('input', 'is required');
}

export const getResponseRequest = lazy(() =>
  z.looseObject({ stream: z.optional(z.boolean()), starting_after: z.optional(count(0, 999_999_999)) }),
);

/** GET /v1/responses/{id}?stream&starting_after: a response that is kept, or its events. */
export const getResponse = route({
  method: 'GET',
  path: '/v1/responses/:id',
  access: 'text',
  schema: getResponseRequest,
  async run({ stream, starting_after }, call) {
    if (stream) return readResponseEvents(idOf(call), starting_after, call);
    return Response.json(await readResponse(idOf(call), call));
  },
});

/**
 * POST /v1/responses/{id}/cancel: closes the request to the host. A response that has ended stays as it is.
 */
export const cancelResponse = route({
  method: 'POST',
  path: '/v1/responses/:id/cancel',
  access: 'text',
  run: async (_, call) => Response.json(await readResponse(idOf(call), call, 'cancel')),
});

/** DELETE /v1/responses/{id}: forgets it, and cancels it if it goes on. */
export const deleteResponse = route({
  method: 'DELETE',
  path: '/v1/responses/:id',
  access: 'text',
  async run(_, call) {
    await removeResponse(idOf(call), call);
    return Response.json({ id: idOf(call), object: 'response', deleted: true });
  },
});

export const inputItemsRequest = lazy(() =>
  z.looseObject({
    order: z.optional(z.enum(['asc', 'desc'])),
    after: z.optional(z.string()),
    limit: pageLimit(),
  }),
);

/** GET /v1/responses/{id}/input_items?order&after&limit: what a response answers, the latest first. */
export const listInputItems = route({
  method: 'GET',
  path: '/v1/responses/:id/input_items',
  access: 'text',
  schema: inputItemsRequest,
  async run({ order = 'desc', after, limit = DEFAULT_PAGE }, call) {
    const { request } = await readRequest(idOf(call), call);
    return Response.json(inputItems(idOf(call), request, { order, after, limit }));
  },
});

const idOf = ({ params }: Call): string => params.id ?? '';
