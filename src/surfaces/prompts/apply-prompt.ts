import * as z from 'zod/mini';
import { fillIn } from '../../base/bytes/large-strings.ts';
import { lazy } from '../../base/lazy.ts';
import type { Call } from '../../call/call.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { validate } from '../../intake/validate.ts';
import { chatOf } from './chat-body.ts';
import { findPrompt } from './find-prompt.ts';
import { readVariables } from './variables.ts';

/** OpenAI's reference to a prompt. Source: https://platform.openai.com/docs/api-reference/responses/create */
const reference = lazy(() =>
  z.object({
    prompt: z.looseObject({
      id: z.string(),
      version: z.optional(z.nullable(z.string())),
      // Checked by the schema of the prompt.
      variables: z.optional(z.unknown()),
    }),
  }),
);

/**
 * Turns a body that names a prompt, `{ prompt: { id, version, variables }, ...body }`, into the body of a
 * chat: the messages of the prompt, then those of `body.messages`, if there are any. Other fields replace
 * parameters of the prompt.
 *
 * @throws ApiError that names the field at fault, such as `prompt.variables.text`
 */
export function applyPrompt({ prompt: named, ...body }: JsonObject, call: Call): { input: JsonObject; call: Call } {
  // What large strings of the body stand for has to be checked, too.
  const whole = call.large ? fillIn(named, call.large, () => false) : named;
  const { id, version, variables } = validate(reference(), { prompt: whole }).prompt;
  const prompt = findPrompt(id, version, { id: 'prompt.id', version: 'prompt.version' });
  return chatOf({ prompt, variables: readVariables(prompt, variables, ['prompt', 'variables']), body }, call);
}
