import type { JsonObject } from '../../call/tasks.ts';
import { requireText, unsupported } from '../chat/unsupported.ts';
import type { MessagesRequest, ToolChoice } from './request.ts';

/** What tool_choice is in chat; one that names a tool is an object. */
const CHOICES = { auto: 'auto', any: 'required', none: 'none' } as const;

/**
 * Tools in chat's form, and which of them may be called.
 *
 * @throws ApiError `unsupported_parameter` for tools that Anthropic runs or defines itself,
 * `invalid_parameter` for one without a name
 */
export function chatTools({ tools = [], tool_choice: choice }: MessagesRequest): JsonObject {
  if (tools.length === 0) return {};
  return {
    tools: tools.map((tool, i) => chatTool(tool, `tools[${i}]`)),
    tool_choice: choice && chatToolChoice(choice),
    parallel_tool_calls: choice?.disable_parallel_tool_use ? false : undefined,
  };
}

function chatTool({ type, name, description, input_schema, strict }: JsonObject, path: string): JsonObject {
  if (type != null && type !== 'custom') throw unsupported(`${path}.type`, 'Send tools that the client runs itself.');
  return {
    type: 'function',
    function: {
      name: requireText(name, `${path}.name`),
      ...(description != null && { description: requireText(description, `${path}.description`) }),
      ...(input_schema != null && { parameters: input_schema }),
      ...(typeof strict === 'boolean' && { strict }),
    },
  };
}

function chatToolChoice({ type, name }: ToolChoice): unknown {
  if (type !== 'tool') return CHOICES[type];
  return { type: 'function', function: { name: requireText(name, 'tool_choice.name') } };
}
