import { isObject } from '../../base/is-object.ts';
import { decodeHeader } from './header-value.ts';
import { INVALID_PARAMS, type Message, RpcError } from './json-rpc.ts';

/**
 * Two generations of the protocol. Since this version, each request says its own version, and there is no
 * handshake. Source: https://modelcontextprotocol.io/specification/2026-07-28/basic/versioning
 */
export const MODERN_VERSION = '2026-07-28';
/** Versions that begin with `initialize`, the latest first. */
export const LEGACY_VERSIONS: readonly string[] = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];
export const VERSIONS: readonly string[] = [MODERN_VERSION, ...LEGACY_VERSIONS];

/** The only version with batches. It does not have the header of later ones. */
const BATCH_VERSION = '2025-03-26';

const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';
const CAPABILITIES_KEY = 'io.modelcontextprotocol/clientCapabilities';

const HEADER_MISMATCH = -32020;
const UNSUPPORTED_VERSION = -32022;

/** Methods whose `name` is in a header, too. */
const NAMED = ['tools/call', 'prompts/get'];

/**
 * Decides which generation a request is of, and checks what its generation requires: in the modern one,
 * headers that repeat the body for those who route by them.
 *
 * @throws RpcError
 */
export function isModern({ method, params }: Message, headers: Headers): boolean {
  const header = headers.get('mcp-protocol-version');
  const meta = isObject(params._meta) ? params._meta : {};
  const claimed = meta[VERSION_KEY];
  if (claimed === undefined && header !== MODERN_VERSION) {
    // `initialize` names the version that the client wants, and later requests the one that was agreed on.
    if (method === 'initialize' || header === null || LEGACY_VERSIONS.includes(header)) return false;
    throw unsupported(header);
  }
  if (typeof claimed !== 'string') throw malformed(VERSION_KEY);
  requireSame('MCP-Protocol-Version', header, claimed);
  if (LEGACY_VERSIONS.includes(claimed)) return false;
  if (claimed !== MODERN_VERSION) throw unsupported(claimed);
  requireSame('Mcp-Method', headers.get('mcp-method'), method);
  if (NAMED.includes(method)) requireSame('Mcp-Name', decodeHeader(headers.get('mcp-name')), params.name);
  if (!isObject(meta[CAPABILITIES_KEY])) throw malformed(CAPABILITIES_KEY);
  return true;
}

/** Whether several messages can come in one request. */
export function hasBatches(headers: Headers): boolean {
  return (headers.get('mcp-protocol-version') ?? BATCH_VERSION) === BATCH_VERSION;
}

function requireSame(name: string, header: string | null | undefined, value: unknown): void {
  if (header === value) return;
  throw new RpcError(HEADER_MISMATCH, `The header ${name} is missing, or differs from the body.`, { status: 400 });
}

function malformed(key: string): RpcError {
  return new RpcError(INVALID_PARAMS, `\`params._meta\` needs \`${key}\`.`, { status: 400 });
}

function unsupported(requested: string): RpcError {
  return new RpcError(UNSUPPORTED_VERSION, 'Unsupported protocol version', {
    status: 400,
    data: { supported: VERSIONS, requested },
  });
}
