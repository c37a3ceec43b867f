import { type RawBody, route } from '../src/route.ts';
import { serveMcp } from '../src/surfaces/mcp/server.ts';
import { tools } from './mcp-tools.ts';

/**
 * POST /mcp: the Model Context Protocol, by which agents find tools and call them. A tool runs a route of
 * this API with the scopes, models and limits of the caller. What is not a call of a tool does not count as a
 * request: refusing it would cost more than answering it.
 */
export const mcp = route({
  method: 'POST',
  path: '/mcp',
  access: 'any',
  raw: true,
  reaches: ['text-generation', 'embedding', 'zero-shot-image-classification', 'text-to-image'],
  run: (body, call) => serveMcp(body as RawBody, tools, call),
});
