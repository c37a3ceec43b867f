import * as z from 'zod/mini';
import { lazy } from '../src/base/lazy.ts';
import { MAX_SMALL_BODY_BYTES } from '../src/base/sizes.ts';
import { keptAlive } from '../src/hosts/stream/kept-alive.ts';
import { firstThatAnswers } from '../src/hosts/upstream/fallback.ts';
import { route } from '../src/route.ts';
import { modelName } from './fields.ts';

/**
 * OpenAI's request. Hosts have other voices, formats and fields. Source:
 * https://platform.openai.com/docs/api-reference/audio
 */
export const speechRequest = lazy(() =>
  z.looseObject({
    model: modelName(),
    input: z.string().check(z.minLength(1)),
    voice: z.optional(
      z.nullable(z.union([z.string(), z.looseObject({ id: z.string() })], { error: 'must be a string or {"id"}' })),
    ),
    instructions: z.optional(z.nullable(z.string())),
    response_format: z.optional(z.nullable(z.string().check(z.maxLength(32)))),
    speed: z.optional(z.nullable(z.number().check(z.gte(0.25), z.lte(4)))),
    stream_format: z.optional(z.nullable(z.enum(['audio', 'sse']))),
  }),
);

/** POST /v1/audio/speech: text to speech. The sound is passed on while the host makes it. */
export const speech = route({
  method: 'POST',
  path: '/v1/audio/speech',
  access: 'audio',
  schema: speechRequest,
  tasks: ['text-to-speech'],
  maxBytes: MAX_SMALL_BODY_BYTES,
  forwards: true,
  run(body, call) {
    const answering = firstThatAnswers(call.model, call, (target, call) =>
      target.speak({ body, forwarded: call.forwarded }, call),
    );
    return body.stream_format === 'sse' ? keptAlive(answering, call) : answering;
  },
});
