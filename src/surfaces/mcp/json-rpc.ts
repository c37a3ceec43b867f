import { isObject } from '../../base/is-object.ts';
import type { JsonObject } from '../../call/tasks.ts';

/**
 * JSON-RPC 2.0, as far as MCP uses it: parameters are objects, and a request has an id that is not null.
 * Source: https://modelcontextprotocol.io/specification/2026-07-28/basic
 */

export type Id = string | number;

/** A request, or a notification if it has no id. */
export interface Message {
  readonly id?: Id;
  readonly method: string;
  readonly params: JsonObject;
}

export const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
export const METHOD_NOT_FOUND = -32601;
export const INVALID_PARAMS = -32602;

/**
 * A message that breaks the protocol. What a tool fails with is no such error, but a result that the model
 * reads.
 */
export class RpcError extends Error {
  readonly code: number;
  /** Of HTTP. An error in the content of a valid request is an answer like any other: 200. */
  readonly status: number;
  readonly data: JsonObject | undefined;
  /** Of the request, if it could be read. */
  id: Id | undefined;

  constructor(code: number, message: string, { status = 200, data }: { status?: number; data?: JsonObject } = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.data = data;
  }

  toAnswer(): JsonObject {
    const { id, code, message, data } = this;
    return { jsonrpc: '2.0', id, error: { code, message, data } };
  }
}

/** @throws RpcError */
export function readMessage(value: unknown): Message {
  if (!isObject(value) || value.jsonrpc !== '2.0')
    throw invalid('A message must be an object with `"jsonrpc": "2.0"`.');
  const { id, method, params = {} } = value;
  // An answer of the client has none: this server asks it nothing.
  if (typeof method !== 'string') throw invalid('`method` must be a string.');
  if (!isObject(params)) throw invalid('`params` must be an object.');
  if (id === undefined) return { method, params };
  if (isId(id)) return { id, method, params };
  throw invalid('`id` must be a string or an integer.');
}

/** Ids of requests, and tokens of progress. */
export function isId(value: unknown): value is Id {
  return typeof value === 'string' || Number.isSafeInteger(value);
}

export function invalid(message: string): RpcError {
  return new RpcError(INVALID_REQUEST, message, { status: 400 });
}
