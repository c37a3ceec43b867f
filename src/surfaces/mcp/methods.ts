import { mayReach } from '../../access/permissions.ts';
import { isObject } from '../../base/is-object.ts';
import type { Call } from '../../call/call.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { INVALID_PARAMS, METHOD_NOT_FOUND, type Message, RpcError } from './json-rpc.ts';
import { callTool, describeTool, type Progress, type Tool } from './tool.ts';
import { LEGACY_VERSIONS, VERSIONS } from './version.ts';

/** What this server says of itself. */
export const SERVER = { name: 'cedalion', title: 'Cedalion', version: '1' };
const ABOUT = {
  capabilities: { tools: {} },
  instructions: 'Language, embedding and image models of one gateway. `list_models` shows what `model` can be.',
};

/** How long a client may keep lists. They depend on the scopes of its key. */
const CACHED = { ttlMs: 300_000, cacheScope: 'private' };

/** Work that takes time, and can report what has arrived. */
export type Work = (progress?: Progress) => Promise<object>;

/**
 * Checks a request, and answers it at once unless it calls a tool.
 *
 * @throws RpcError
 */
export function resultOf(
  { method, params }: Message,
  isModern: boolean,
  tools: readonly Tool[],
  call: Call,
): JsonObject | Work {
  if (method === 'tools/call') return toolCall(params, tools, call);
  if (method === 'tools/list') {
    const usable = tools.filter(({ route }) => mayReach(call.caller, route.access));
    return { tools: usable.map(describeTool), ...CACHED };
  }
  if (isModern) {
    if (method === 'server/discover') return { supportedVersions: VERSIONS, ...ABOUT, ...CACHED };
  } else if (method === 'initialize') {
    const protocolVersion = LEGACY_VERSIONS.find((version) => version === params.protocolVersion) ?? LEGACY_VERSIONS[0];
    return { protocolVersion, serverInfo: SERVER, ...ABOUT };
  } else if (method === 'ping') return {};
  throw new RpcError(METHOD_NOT_FOUND, 'There is no such method.', { status: isModern ? 404 : 200 });
}

function toolCall({ name, arguments: args = {} }: JsonObject, tools: readonly Tool[], call: Call): Work {
  const tool = tools.find((candidate) => candidate.name === name);
  if (!tool) throw new RpcError(INVALID_PARAMS, 'There is no such tool.');
  if (!isObject(args)) throw new RpcError(INVALID_PARAMS, '`arguments` must be an object.');
  return (progress) => callTool(tool, args, call, progress);
}
