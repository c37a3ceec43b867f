import * as z from 'zod/mini';
import { lazy } from '../src/base/lazy.ts';
import { MAX_CHAT_BODY_BYTES } from '../src/base/sizes.ts';
import { deriveCall } from '../src/call/call.ts';
import type { JsonObject } from '../src/call/tasks.ts';
import { keptAlive } from '../src/hosts/stream/kept-alive.ts';
import { answerInSession } from '../src/hosts/upstream/affinity.ts';
import { isName, usual } from '../src/intake/usual.ts';
import { validate } from '../src/intake/validate.ts';
import { route } from '../src/route.ts';
import { withJsonSchema } from '../src/surfaces/hub/json-schema-format.ts';
import { applyPrompt } from '../src/surfaces/prompts/apply-prompt.ts';
import { modelName, sampling, usualSampling } from './fields.ts';
import { refuseBlocking } from './refuse-blocking.ts';

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
    tools: z.optional(z.nullable(z.array(z.looseObject({ type: z.string() })))),
    response_format: z.optional(z.nullable(z.looseObject({ type: z.string() }))),
    prompt: z.optional(z.unknown()),
  }),
);

const ROLES = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function']);

/** Messages with a role and a text. */
function isConversation(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  for (const message of value) {
    if (typeof message !== 'object' || message === null) return false;
    if (typeof message.content !== 'string' || !ROLES.has(message.role)) return false;
  }
  return true;
}

/** With a prompt, which has a model and messages. */
const promptedRequest = lazy(() =>
  z.extend(chatRequest(), { model: z.optional(modelName()), messages: z.optional(z.array(message())) }),
);

/** Whether a body names a file of prompts/, as in OpenAI's API. Any other `prompt` is forwarded. */
function namesPrompt(input: unknown): boolean {
  const { prompt } = (input ?? {}) as JsonObject;
  return typeof prompt === 'object' && prompt !== null;
}

/** POST /v1/chat/completions: the host's own bytes, complete or as a stream. */
export const chatCompletions = route({
  method: 'POST',
  path: '/v1/chat/completions',
  access: 'text',
  schema: chatRequest,
  acceptsUnparsed: usual({ model: isName, messages: isConversation }, usualSampling),
  rewrite(input, call) {
    const chat = namesPrompt(input) ? applyPrompt(validate(promptedRequest(), input), call) : undefined;
    const formatted = withJsonSchema(chat?.input ?? input);
    // What came is another request.
    return formatted ? { input: formatted, call: deriveCall(chat?.call ?? call, { forwarded: undefined }) } : chat;
  },
  tasks: ['text-generation'],
  maxBytes: MAX_CHAT_BODY_BYTES,
  forwards: true,
  run(body, call) {
    refuseBlocking(body);
    const answering = answerInSession({ model: call.model, body }, call, (target, call) =>
      target.chat({ body, forwarded: call.forwarded }, call),
    );
    return body.stream ? keptAlive(answering, call) : answering;
  },
});
