import type { JsonObject } from '../src/call/tasks.ts';
import { readChat } from '../src/surfaces/mcp/chat-text.ts';
import { jsonResult } from '../src/surfaces/mcp/json-tool.ts';
import { readText } from '../src/surfaces/mcp/read-answer.ts';
import { type Tool, textContent } from '../src/surfaces/mcp/tool.ts';
import { prompts } from '../src/surfaces/prompts/compiled.ts';
import type { Prompt } from '../src/surfaces/prompts/prompt.ts';
import { readVariables } from '../src/surfaces/prompts/variables.ts';
import { runPrompt } from './prompts.ts';

/** The files of prompts/ as tools, whose arguments are the variables. */
export const promptTools: readonly Tool[] = prompts.map(toTool);

function toTool(prompt: Prompt): Tool {
  const { name, description, input, output } = prompt;
  const title = (name[0] ?? '').toUpperCase() + name.slice(1).replaceAll('-', ' ');
  const shown = { name, title, description, route: runPrompt, params: { name } };
  const inputSchema = { ...input, properties: { ...input.properties } };
  const variables = (args: JsonObject) => ({ variables: readVariables(prompt, args, []) });
  if (!output) {
    return {
      ...shown,
      inputSchema,
      body: (args, isStreamed) => ({
        ...variables(args),
        ...(isStreamed && { stream: true, stream_options: { include_usage: true } }),
      }),
      read: async (answer, _, progress) => ({ content: [textContent(await readChat(answer, progress))] }),
    };
  }
  // An answer with a schema is only checked as a whole.
  return {
    ...shown,
    inputSchema,
    ...(output.type === 'object' && { outputSchema: { ...output } }),
    body: variables,
    async read(answer) {
      const { output } = JSON.parse(await readText(answer));
      const json = JSON.stringify(output);
      return typeof output === 'object' ? jsonResult(json) : { content: [textContent(String(output))] };
    },
  };
}
