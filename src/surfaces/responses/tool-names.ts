import { isObject } from '../../base/is-object.ts';
import type { JsonObject } from '../../call/tasks.ts';

/** A tool of a request whose calls the client executes. */
export interface ClientTool {
  readonly type: 'function' | 'custom';
  readonly name: string;
  /** The name of the `namespace` tool that has it. */
  readonly namespace?: string;
}

/** OpenAI and most hosts take no longer names of functions. */
const MAX_NAME_CHARACTERS = 64;

/**
 * The name of a function in chat, which has no namespaces. It only depends on the tool itself, so that
 * earlier calls have it too, whatever tools a later request has.
 */
export function chatName({ namespace, name }: Pick<ClientTool, 'name' | 'namespace'>): string {
  const whole = namespace === undefined ? name : `${namespace}__${name}`;
  if (namespace === undefined || whole.length <= MAX_NAME_CHARACTERS) return whole;
  const hash = hashOf(whole);
  return `${whole.slice(0, MAX_NAME_CHARACTERS - hash.length - 1)}_${hash}`;
}

/** The tools of a request by their names in chat. Tools that are not a client's are left out. */
export function toolsByChatName(tools: unknown): ReadonlyMap<string, ClientTool> {
  const found = new Map<string, ClientTool>();
  const add = (tool: unknown, namespace?: string) => {
    if (!isObject(tool)) return;
    const { type, name } = tool as JsonObject;
    if ((type !== 'function' && type !== 'custom') || typeof name !== 'string') return;
    const own: ClientTool = { type, name, ...(namespace !== undefined && { namespace }) };
    found.set(chatName(own), own);
  };
  for (const tool of listIn(tools)) {
    if (!isNamespace(tool)) add(tool);
    else for (const inner of listIn(tool.tools)) add(inner, String(tool.name));
  }
  return found;
}

export function isNamespace(tool: unknown): tool is JsonObject {
  return isObject(tool) && tool.type === 'namespace';
}

const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** FNV-1a, 32 bits, as 8 hex digits. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
