import { mayReach } from '../access/permissions.ts';
import type { Call } from '../call/call.ts';
import type { JsonObject } from '../tasks.ts';
import { INVALID_PARAMS, isObject, METHOD_NOT_FOUND, type Message, RpcError } from './json-rpc.ts';
import { callTool, describeTool, type Progress, type Tool } from './tool.ts';
import { LEGACY_VERSIONS, VERSIONS } from './version.ts';

/** What this server says of itself. */
export const SERVER = { name: 'cedalion', title: 'Cedalion', version: '1' };
const ABOUT = {
  capabilities: { tools: {} },
  instructions:
    'Language, embedding and image models behind one gateway. `list_models` shows what `model` can be. A picture is an https URL, a data URL or base64.',
};

/** How long a client may keep lists. They depend on the scopes of its key. */
const CACHED = { ttlMs: 300_000, cacheScope: 'private' };

/** Work that takes time, and can report what has arrived. */
export type Work = (progress?: Progress) => Promise<JsonObject>;

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
    const wanted = params.protocolVersion as string;
    const protocolVersion = LEGACY_VERSIONS.includes(wanted) ? wanted : LEGACY_VERSIONS[0];
    return { protocolVersion, serverInfo: SERVER, ...ABOUT };
  } else if (method === 'ping') return {};
  throw new RpcError(METHOD_NOT_FOUND, 'There is no such method.', isModern ? 404 : 200);
}

function toolCall({ name, arguments: args = {} }: JsonObject, tools: readonly Tool[], call: Call): Work {
  const tool = tools.find((candidate) => candidate.name === name);
  if (!tool) throw new RpcError(INVALID_PARAMS, 'There is no tool with this `name`: see tools/list.');
  if (!isObject(args)) throw new RpcError(INVALID_PARAMS, '`arguments` must be an object.');
  return async (progress) => ({ ...(await callTool(tool, args, call, progress)) });
}
