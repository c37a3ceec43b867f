import * as z from 'zod/mini';
import { lazy } from '../src/base/lazy.ts';
import { completeByChat } from '../src/hosts/protocols/complete-by-chat.ts';
import { keptAlive } from '../src/hosts/stream/kept-alive.ts';
import { answerInSession } from '../src/hosts/upstream/affinity.ts';
import { route } from '../src/route.ts';
import { flag, sampling } from './fields.ts';
import { refuseBlocking } from './refuse-blocking.ts';

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

/**
 * POST /v1/completions: for hosts that have this route. For others the prompt becomes a chat of one message.
 */
export const completions = route({
  method: 'POST',
  path: '/v1/completions',
  access: 'text',
  schema: completionRequest,
  takesUnknown: true,
  tasks: ['text-generation'],
  run(body, call) {
    refuseBlocking(body);
    const answering = answerInSession({ model: call.model, body }, call, (target, call) =>
      target.complete ? target.complete({ body }, call) : completeByChat(target, body, call),
    );
    return body.stream ? keptAlive(answering, call) : answering;
  },
});
