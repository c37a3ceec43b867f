import { type Call, deriveCall, type PromptCache } from '../../call/call.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { fillPrompt } from './fill-prompt.ts';
import type { Prompt, Values } from './prompt.ts';

/** A prompt that a caller has filled in. */
interface Filled {
  readonly prompt: Prompt;
  /** Validated. */
  readonly variables: Values;
  /** The caller's own: its fields replace parameters of the prompt. */
  readonly body: JsonObject;
}

/**
 * The chat request of a prompt: its messages, then those of the caller, if there are any.
 *
 * @returns the body of the chat, and the call that it runs with
 */
export function chatOf({ prompt, variables, body }: Filled, call: Call): { input: JsonObject; call: Call } {
  const { messages: own = [], ...fields } = body;
  const messages = fillPrompt(prompt, variables);
  call.report.prompt = `${prompt.name}@${prompt.version}`;
  const textBytes = (call.textBytes ?? 0) + new TextEncoder().encode(JSON.stringify(messages)).length;
  const promptCache: PromptCache = { seconds: prompt.cache, isShared: prompt.cacheScope === 'key' };
  const parameters = withoutLimits(prompt.parameters, fields);
  return {
    input: { model: prompt.model, ...parameters, ...fields, messages: [...messages, ...(own as unknown[])] },
    // What came is another request than the chat.
    call: deriveCall(call, { forwarded: undefined, textBytes, promptCache }),
  };
}

/** Two names mean the same limit: with one of them, a caller replaces either of the prompt. */
function withoutLimits(parameters: Values, fields: Values): Values {
  if (fields.max_tokens == null && fields.max_completion_tokens == null) return parameters;
  const { max_tokens: _, max_completion_tokens: __, ...others } = parameters;
  return others;
}
