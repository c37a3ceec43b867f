import { z } from 'zod';
import * as mini from 'zod/mini';
import { KEYED, type Operation } from '../operation.ts';

const id = mini.union([mini.string(), mini.int()]);

const McpMessage = mini.looseObject({
  jsonrpc: mini.literal('2.0'),
  id: mini.optional(id),
  method: mini.string(),
  params: mini.optional(mini.looseObject({})),
});

const McpAnswer = z
  .object({
    jsonrpc: z.literal('2.0'),
    id: z.union([z.string(), z.int()]).optional().describe('Of the request. Absent if it could not be read.'),
    result: z.looseObject({}).optional().describe('What the method of the request returns.'),
    error: z
      .object({ code: z.int(), message: z.string(), data: z.looseObject({}).optional() })
      .optional()
      .describe('A message that breaks the protocol. The failure of a tool is a result with `isError`.'),
  })
  .describe('Either `result` or `error`.');

/** Reaching a limit is the result of a tool. */
const AS_RESULTS: readonly string[] = ['rate_limit_exceeded', 'limits_unavailable'];

export const mcpOperation: Operation = {
  id: 'sendMcpMessage',
  method: 'post',
  path: '/mcp',
  tag: 'Agents',
  summary: 'Send an MCP message',
  description:
    'The Model Context Protocol over streamable HTTP, without sessions: JSON-RPC 2.0 messages of the versions 2026-07-28, 2025-11-25, 2025-06-18, 2025-03-26 and 2024-11-05. A notification gets 202. `tools/call` with a `progressToken` is answered by events, if `Accept` has `text/event-stream`. Errors of the protocol are JSON-RPC errors, with status 400 if the message itself is wrong, and 404 for an unknown method since 2026-07-28. The body has at most 5 MiB.',
  request: { name: 'McpMessage', schema: McpMessage },
  answer: { name: 'McpAnswer', schema: McpAnswer },
  namesModel: true,
  errors: [
    ...KEYED.filter((code) => !AS_RESULTS.includes(code)),
    'origin_not_allowed',
    'body_too_large',
    'body_timeout',
    'unsupported_media_type',
  ],
  example: {
    body: {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'chat', arguments: { prompt: 'Translate to French: house' } },
    },
  },
};
