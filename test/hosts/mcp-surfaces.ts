import type { Asked } from './row.ts';
import { failureIn, type Gateway, type Json, readStream, type Seen, type Surface, send } from './surface.ts';

/** Tools of agents, over MCP. */

/** A tool over MCP: a failure is a result that the model reads, with status 200. */
async function callTool(gateway: Gateway, name: string, args: object, isStreamed: boolean): Promise<Seen> {
  const _meta = isStreamed ? { progressToken: 1 } : {};
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args, _meta } };
  const answer = await send(gateway, '/mcp', body, { accept: 'application/json, text/event-stream' });
  const failure = failureIn(answer);
  if (failure) return failure;
  let told = '';
  let message: Json;
  if (isStreamed) {
    readStream(answer.text, (event) => {
      if (event.method === 'notifications/progress') told += event.params.message;
      else message = event;
      return {};
    });
  } else message = JSON.parse(answer.text);
  const { content, isError } = message.result;
  const text = content.map((part: Json) => part.text ?? '').join('');
  if (isError) return { status: answer.status, text: told, failed: { message: text } };
  return { status: answer.status, text };
}
const tool: Surface = {
  name: 'mcp',
  tool: 'chat',
  paths: ['/mcp'],
  asks: 'chat',
  ask: (gateway, model) => callTool(gateway, 'chat', { model, prompt: 'Go.', max_tokens: 64 }, false),
};
const toolStream: Surface = {
  name: 'mcp with progress',
  tool: 'chat',
  paths: ['/mcp'],
  asks: 'chat stream',
  ask: (gateway, model) => callTool(gateway, 'chat', { model, prompt: 'Go.', max_tokens: 64 }, true),
};

/** A tool whose results are no text of a model. */
const other = (name: string, asks: Asked, args: (model: string) => object): Surface => ({
  name: `mcp: ${name}`,
  tool: name,
  paths: ['/mcp'],
  asks,
  isCostly: true,
  async ask(gateway, model) {
    const seen = await callTool(gateway, name, args(model), false);
    return seen.failed ? seen : { ...seen, text: '' };
  },
});

/** Prompts are tools, too. The model of one is of the catalogue: its text names the case. */
const promptTool: Surface = {
  name: 'mcp: prompt',
  tool: 'summarize',
  paths: ['/mcp'],
  asks: 'chat',
  isCostly: true,
  ask: (gateway, id) => callTool(gateway, 'summarize', { text: id }, false),
};

export const mcpSurfaces: readonly Surface[] = [
  tool,
  toolStream,
  promptTool,
  other('embed', 'vectors', (model) => ({ model, input: ['Go.'] })),
  other('similarity', 'vectors', (model) => ({ model, query: 'Go.', documents: ['Stay.'] })),
  // By a CLIP of the catalogue: the texts name the case.
  other('classify', 'vectors', (id) => ({ model: 'tiny-clip', input: id, labels: [`a ${id}`, `b ${id}`] })),
  other('generate_image', 'generation', (model) => ({ model, prompt: 'Go.' })),
];
