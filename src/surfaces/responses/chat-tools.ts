import { isObject } from '../../base/is-object.ts';
import { withoutNulls } from '../../base/without-nulls.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { invalid, requireText, unsupported } from '../chat/unsupported.ts';
import type { ResponseRequest } from './request.ts';
import { chatName, isNamespace } from './tool-names.ts';

interface ChatTool {
  readonly type: 'function';
  readonly function: JsonObject & { readonly name: string };
}

type ToolsRequest = Pick<ResponseRequest, 'tools' | 'tool_choice'>;

/** The one field of the function that stands for a `custom` tool. */
export const CUSTOM_INPUT = 'input';

/**
 * Functions in chat's form: those that `tool_choice` allows, if it names some. The tools of a namespace
 * become functions of their own, and a `custom` tool becomes a function of one text.
 *
 * @returns also whether a call is required, if `tool_choice` names some
 * @throws ApiError `unsupported_parameter` for tools that OpenAI runs itself, `invalid_parameter` for one
 * without a name
 */
export function chatTools(request: ToolsRequest): { readonly tools: readonly ChatTool[]; readonly mode?: unknown } {
  const { tools, tool_choice: choice } = request;
  const omitsSearch = omitsWebSearch(request);
  const all = (tools ?? []).flatMap((tool, i) => (omitsSearch && isWebSearch(tool) ? [] : ofTool(tool, `tools[${i}]`)));
  if (tools?.some(isNamespace)) requireDistinct(all);
  if (!isObject(choice) || choice.type !== 'allowed_tools') return { tools: all };
  const allowed: unknown[] = Array.isArray(choice.tools) ? choice.tools : [];
  const names = new Set(allowed.filter(isObject).map(nameOf));
  const spaces = new Set(allowed.filter(isNamespace).map(({ name }) => name));
  const namespaces = namespacesOf(tools ?? []);
  return {
    tools: all.filter(({ function: { name } }) => names.has(name) || spaces.has(namespaces.get(name))),
    mode: choice.mode ?? 'auto',
  };
}

/**
 * The tools that a response says it had. A search of the web is left out if other tools remain and nothing
 * requires it: agents list it by default, and no host with chat searches.
 */
export function usedTools(request: ToolsRequest): readonly JsonObject[] {
  const { tools } = request;
  return omitsWebSearch(request) ? (tools ?? []).filter((tool) => !isWebSearch(tool)) : (tools ?? []);
}

/** The tools that no host gets, for a header of the answer. */
export function omittedTools(request: ToolsRequest): readonly string[] {
  if (!omitsWebSearch(request)) return [];
  return (request.tools ?? []).flatMap((tool, i) => (isWebSearch(tool) ? [`tools[${i}] (${tool.type})`] : []));
}

function omitsWebSearch({ tools, tool_choice: choice }: ToolsRequest): boolean {
  if (!tools?.some(isWebSearch) || tools.every(isWebSearch)) return false;
  if (!isObject(choice)) return true;
  const allowed = choice.type === 'allowed_tools' && Array.isArray(choice.tools) ? choice.tools : [choice];
  return !allowed.every(isWebSearch);
}

const isWebSearch = (tool: unknown) => isObject(tool) && /^web_search(_|$)/.test(String(tool.type));

function ofTool(tool: JsonObject, path: string, namespace?: string): ChatTool[] {
  const { type, ...definition } = tool;
  if (type === 'namespace' && namespace === undefined) {
    const name = requireText(tool.name, `${path}.name`);
    if (!Array.isArray(tool.tools)) throw invalid(`${path}.tools`, 'must be an array');
    return tool.tools.flatMap((inner, i) => {
      if (!isObject(inner)) throw invalid(`${path}.tools[${i}]`, 'must be an object');
      return ofTool(inner, `${path}.tools[${i}]`, name);
    });
  }
  if (type !== 'function' && type !== 'custom') {
    throw unsupported(`${path}.type`, 'Send functions, which the client runs itself.');
  }
  const own = requireText(definition.name, `${path}.name`);
  const name = namespace === undefined ? own : chatName({ name: own, namespace });
  const body = type === 'custom' ? asFunction(definition) : functionOf(definition);
  return [{ type: 'function', function: { ...withoutNulls(body), name } }];
}

/** What only OpenAI reads is left out: hosts reject fields that they do not know. */
function functionOf({
  allowed_callers,
  async: _,
  defer_loading,
  output_schema,
  ...definition
}: JsonObject): JsonObject {
  return definition;
}

/** A tool whose input is a text of any form, or of that of a grammar, which chat cannot enforce. */
function asFunction({ description, format }: JsonObject): JsonObject {
  const { syntax, definition } = isObject(format) && format.type === 'grammar' ? format : {};
  const grammar = definition ? `The input must match this ${syntax ?? ''} grammar:\n${definition}` : '';
  const parameters = {
    type: 'object',
    properties: { [CUSTOM_INPUT]: { type: 'string' } },
    required: [CUSTOM_INPUT],
    additionalProperties: false,
  };
  return { description: [description, grammar].filter(Boolean).join('\n\n') || undefined, parameters };
}

/**
 * @throws ApiError `invalid_parameter` if two tools have one name in chat: their calls could not be told
 * apart
 */
function requireDistinct(tools: readonly ChatTool[]): void {
  const names = new Set(tools.map((tool) => tool.function.name));
  if (names.size < tools.length) throw invalid('tools', 'must have different names');
}

function namespacesOf(tools: readonly JsonObject[]): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  for (const { name: namespace, tools: inner } of tools.filter(isNamespace)) {
    for (const { name } of inner as JsonObject[]) {
      found.set(chatName({ name: String(name), namespace: String(namespace) }), namespace);
    }
  }
  return found;
}

/** The name in chat of a tool that a choice names. */
function nameOf({ name, namespace }: JsonObject): string {
  return chatName({ name: String(name), ...(typeof namespace === 'string' && { namespace }) });
}

/** @throws ApiError `unsupported_parameter` for a tool that is not a client's */
export function chatToolChoice(choice: unknown): unknown {
  if (!isObject(choice)) return choice;
  if (choice.type === 'function' || choice.type === 'custom') {
    return { type: 'function', function: { name: nameOf(choice) } };
  }
  throw unsupported('tool_choice.type', 'Send `function`, `custom` or `allowed_tools`.');
}
