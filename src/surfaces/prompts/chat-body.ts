import type { Call, PromptCache } from '../../call/call.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { fillPrompt } from './fill-prompt.ts';
import type { Prompt, Values } from './prompt.ts';

/**
 * The chat request of a prompt: its messages, then those of the caller, if there are any.
 *
 * @param variables validated
 * @param body of the caller: its fields replace parameters of the prompt
 */
export function chatBodyOf(prompt: Prompt, variables: Values, body: JsonObject, call: Call): JsonObject {
  const { messages: own = [], ...fields } = body;
  const messages = fillPrompt(prompt, variables);
  call.report.prompt = `${prompt.name}@${prompt.version}`;
  const textBytes = (call.textBytes ?? 0) + new TextEncoder().encode(JSON.stringify(messages)).length;
  // What came is another request than the chat.
  const promptCache: PromptCache = { seconds: prompt.cache, isShared: prompt.cacheScope === 'key' };
  Object.assign(call, { forwarded: undefined, textBytes, promptCache });
  const parameters = withoutLimits(prompt.parameters, fields);
  return { model: prompt.model, ...parameters, ...fields, messages: [...messages, ...(own as unknown[])] };
}

/** Two names mean the same limit: with one of them, a caller replaces either of the prompt. */
function withoutLimits(parameters: Values, fields: Values): Values {
  if (fields.max_tokens == null && fields.max_completion_tokens == null) return parameters;
  const { max_tokens: _, max_completion_tokens: __, ...others } = parameters;
  return others;
}
