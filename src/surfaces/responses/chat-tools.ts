import { isObject } from '../../base/is-object.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { requireText, unsupported } from './unsupported.ts';
import { withoutNulls } from './without-nulls.ts';

interface ChatTool {
  readonly type: 'function';
  readonly function: JsonObject;
}

/**
 * Functions in chat's form: those that `tool_choice` allows, if it names some.
 *
 * @returns also whether a call is required, if `tool_choice` names some
 * @throws ApiError `unsupported_parameter` for tools that OpenAI runs itself
 */
export function chatTools(
  tools: readonly JsonObject[],
  choice: unknown,
): { readonly tools: readonly ChatTool[]; readonly mode?: unknown } {
  const all = tools.map(chatTool);
  if (!isObject(choice) || choice.type !== 'allowed_tools') return { tools: all };
  const allowed = Array.isArray(choice.tools) ? choice.tools.map((tool) => tool?.name) : [];
  return { tools: all.filter((tool) => allowed.includes(tool.function.name)), mode: choice.mode ?? 'auto' };
}

function chatTool({ type, ...definition }: JsonObject, i: number): ChatTool {
  if (type !== 'function') {
    throw unsupported(`tools[${i}].type`, 'Send functions, which the client runs itself.');
  }
  requireText(definition.name, `tools[${i}].name`);
  return { type, function: withoutNulls(definition) };
}

/** @throws ApiError `unsupported_parameter` for a tool that is not a function */
export function chatToolChoice(choice: unknown): unknown {
  if (!isObject(choice)) return choice;
  if (choice.type === 'function') return { type: 'function', function: { name: choice.name } };
  throw unsupported('tool_choice.type', 'Send `function` or `allowed_tools`.');
}
