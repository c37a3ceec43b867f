import { MAX_MCP_JSON_BYTES } from '../../base/sizes.ts';
import type { JsonObject } from '../../call/tasks.ts';
import type { Route } from '../../route.ts';
import { readText } from './read-answer.ts';
import { type Tool, type ToolResult, textContent } from './tool.ts';

/** The text is for clients that do not know structured content. */
export function jsonResult(json: string): ToolResult {
  return { content: [textContent(json)], structuredContent: JSON.parse(json) };
}

/** A tool whose arguments are fields of its route, and whose result is the JSON of its answer. */
export function jsonTool(
  shown: Pick<Tool, 'name' | 'title' | 'description' | 'inputSchema' | 'outputSchema'>,
  route: Route,
  defaults: JsonObject,
): Tool {
  return {
    ...shown,
    route,
    body: (args) => ({ ...defaults, ...args }),
    async read(answer) {
      return jsonResult(await readText(answer, MAX_MCP_JSON_BYTES));
    },
  };
}
