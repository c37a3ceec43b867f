import * as z from 'zod/mini';
import { needModel } from '../src/access/needs.ts';
import { ApiError } from '../src/base/errors.ts';
import { lazy } from '../src/base/lazy.ts';
import { MAX_AUDIO_BODY_BYTES } from '../src/base/sizes.ts';
import { modelMeant } from '../src/hosts/models/resolve.ts';
import { keptAlive } from '../src/hosts/stream/kept-alive.ts';
import { restingLast } from '../src/hosts/upstream/breaker.ts';
import { firstThatAnswers } from '../src/hosts/upstream/fallback.ts';
import { readUpload } from '../src/intake/read-upload.ts';
import type { Upload } from '../src/intake/upload.ts';
import { validate } from '../src/intake/validate.ts';
import { type ModelCall, type Route, route } from '../src/route.ts';
import { modelName } from './fields.ts';

/**
 * The fields of OpenAI's form, as text. Hosts have others: they pass. Source:
 * https://platform.openai.com/docs/api-reference/audio
 */
export const transcriptionForm = lazy(() =>
  z.looseObject({
    model: modelName(),
    language: z.optional(z.string().check(z.maxLength(32))),
    response_format: z.optional(z.enum(['json', 'text', 'srt', 'verbose_json', 'vtt', 'diarized_json'])),
    temperature: z.optional(
      z.string().check(z.regex(/^(0(\.\d+)?|1(\.0+)?)$/, { error: 'must be a number from 0 to 1' })),
    ),
    'timestamp_granularities[]': z.optional(z.array(z.enum(['word', 'segment']))),
    stream: z.optional(z.enum(['true', 'false'])),
  }),
);

/**
 * POST /v1/audio/transcriptions: speech to text. The form goes to the host while it arrives, and the answer
 * is the host's.
 */
export const transcriptions = audioRoute('transcriptions');

/** POST /v1/audio/translations: speech to English text. */
export const translations = audioRoute('translations');

function audioRoute(into: 'transcriptions' | 'translations'): Route {
  return route({
    method: 'POST',
    path: `/v1/audio/${into}`,
    access: 'audio',
    schema: transcriptionForm,
    takesUnknown: true,
    tasks: ['automatic-speech-recognition'],
    maxBytes: MAX_AUDIO_BODY_BYTES,
    read: readUpload,
    run(body, call) {
      const { upload } = call;
      if (!upload) throw new ApiError('unsupported_media_type', 'Send the file as multipart/form-data.');
      upload.onField = (fields) => checkLate(fields, body.model, call);
      const { targets } = call.model;
      // What is passed on while it arrives can be sent to one host only: a healthy one.
      const model = { targets: upload.isHeld ? targets : restingLast(targets).slice(0, 1) };
      const answering = firstThatAnswers(model, call, (target, call) => target.transcribe(upload, into, call));
      return body.stream === 'true' ? keptAlive(answering, call, upload.arrived) : answering;
    },
  });
}

/** Fields that come after the file are checked as those before it. */
function checkLate(fields: Upload['fields'], name: string, call: ModelCall<'automatic-speech-recognition'>): void {
  validate(transcriptionForm(), fields);
  needModel(call, [name, modelMeant(name, call.settings), call.model.id], fields);
}
