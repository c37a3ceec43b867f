import type { Call } from '../call/call.ts';
import { ApiError } from '../errors.ts';
import { parseBody } from '../intake/body.ts';
import type { RawBody } from '../route.ts';
import { MAX_MCP_MESSAGES, MAX_TEXT_BYTES } from '../sizes.ts';
import type { JsonObject } from '../tasks.ts';
import { type Id, invalid, isObject, PARSE_ERROR, RpcError, readMessage } from './json-rpc.ts';
import { resultOf, SERVER, type Work } from './methods.ts';
import { requireOrigin } from './origin.ts';
import { answerByEvents, oneEvent } from './progress.ts';
import type { Tool } from './tool.ts';
import { hasBatches, isModern } from './version.ts';

/** A message that was checked, and has not run yet. */
interface Prepared {
  readonly status: number;
  /** Set if the client wants to know how the work goes on. */
  readonly progressToken?: string | number;
  /** @returns the answer */
  readonly run: Work;
}

/**
 * The server side of MCP over streamable HTTP, without sessions: each request says all that is needed to answer it.
 *
 * @throws ApiError for what is wrong with the HTTP request itself
 */
export async function serveMcp({ bytes, url }: RawBody, tools: readonly Tool[], call: Call): Promise<Response> {
  requireOrigin(call, url);
  try {
    const input = await parse(bytes, url, call);
    if (Array.isArray(input)) return await answerBatch(input, tools, call);
    return await answer(prepare(input, tools, call), call);
  } catch (error) {
    return answer(failed(error), call);
  }
}

/** @throws RpcError if the body is not JSON */
async function parse(bytes: Uint8Array, url: string, { headers }: Call): Promise<unknown> {
  try {
    return (await parseBody(bytes, { headers, url }, { maxBytes: MAX_TEXT_BYTES })).input;
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'invalid_json') throw error;
    throw new RpcError(PARSE_ERROR, error.message, 400);
  }
}

/** @returns undefined for a notification: none of them needs anything to be done */
function prepare(value: unknown, tools: readonly Tool[], call: Call): Prepared | undefined {
  let id: Id | undefined;
  try {
    const message = readMessage(value);
    id = message.id;
    if (id === undefined) return undefined;
    const modern = isModern(message, call.headers);
    const result = resultOf(message, modern, tools, call);
    const common = modern ? { resultType: 'complete', _meta: { 'io.modelcontextprotocol/serverInfo': SERVER } } : {};
    const complete = (result: JsonObject) => ({ jsonrpc: '2.0', id, result: { ...result, ...common } });
    if (typeof result !== 'function') return { status: 200, run: async () => complete(result) };
    const run: Work = async (progress) => complete(await result(progress));
    const token = isObject(message.params._meta) ? message.params._meta.progressToken : undefined;
    const isToken = typeof token === 'string' || typeof token === 'number';
    return { status: 200, run, ...(isToken && { progressToken: token }) };
  } catch (error) {
    return failed(error, id);
  }
}

/** @param id undefined if it could not be read */
function failed(error: unknown, id?: Id): Prepared {
  if (!(error instanceof RpcError)) throw error;
  const { code, message, data, status } = error;
  return { status, run: async () => ({ jsonrpc: '2.0', id, error: { code, message, data } }) };
}

async function answer(prepared: Prepared | undefined, call: Call): Promise<Response> {
  if (!prepared) return new Response(null, { status: 202 });
  const { status, progressToken, run } = prepared;
  const accept = call.headers.get('accept') ?? '';
  const acceptsEvents = accept.includes('text/event-stream');
  if (acceptsEvents && progressToken !== undefined) return answerByEvents(progressToken, run, call);
  const message = await run();
  return acceptsEvents && !/\/json|\*\/\*/.test(accept) ? oneEvent(message) : Response.json(message, { status });
}

/** One after the other: each may need much memory. */
async function answerBatch(messages: readonly unknown[], tools: readonly Tool[], call: Call): Promise<Response> {
  if (!hasBatches(call.headers)) throw invalid('This version of the protocol has no batches: send each message alone.');
  if (messages.length === 0 || messages.length > MAX_MCP_MESSAGES) {
    throw invalid(`A batch has 1 to ${MAX_MCP_MESSAGES} messages.`);
  }
  const answers: JsonObject[] = [];
  for (const message of messages) {
    const prepared = prepare(message, tools, call);
    if (prepared) answers.push(await prepared.run());
  }
  return answers.length === 0 ? new Response(null, { status: 202 }) : Response.json(answers);
}
