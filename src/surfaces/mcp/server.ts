import { jsonAnswer, jsonPieces } from '../../base/bytes/json-pieces.ts';
import { ApiError } from '../../base/errors.ts';
import { isObject } from '../../base/is-object.ts';
import { MAX_MCP_ANSWER_BYTES, MAX_MCP_MESSAGES, MAX_TEXT_BYTES } from '../../base/sizes.ts';
import { type Call, deriveCall } from '../../call/call.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { parseBody } from '../../intake/body.ts';
import { dataUrlsIn } from '../../intake/data-urls.ts';
import type { Intake } from '../../intake/intake.ts';
import type { RawBody } from '../../route.ts';
import { type Id, invalid, isId, PARSE_ERROR, RpcError, readMessage } from './json-rpc.ts';
import { resultOf, SERVER } from './methods.ts';
import { requireOrigin } from './origin.ts';
import { answerByEvents } from './progress.ts';
import type { Progress, Tool } from './tool.ts';
import { hasBatches, isModern } from './version.ts';

/** A request that is valid, and has not run yet. */
interface Prepared {
  /** Set if the client wants to know how the work goes on. */
  readonly progressToken: Id | undefined;
  /** @returns the answer */
  run(progress?: Progress): Promise<JsonObject>;
}

/**
 * The server side of MCP over streamable HTTP, without sessions: each request says all that is needed to
 * answer it.
 *
 * @throws ApiError for what is wrong with the HTTP request itself
 */
export async function serveMcp({ bytes, url }: RawBody, tools: readonly Tool[], call: Call): Promise<Response> {
  requireOrigin(call, url);
  try {
    const { input, textBytes, pictures } = await parse(bytes, url, call);
    if (Array.isArray(input)) return await answerBatch(input, tools, call);
    return await answer(input, tools, deriveCall(call, { textBytes, pictures }));
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return Response.json(error.toAnswer(), { status: error.status });
  }
}

async function parse(bytes: Uint8Array, url: string, { headers }: Call): Promise<Intake> {
  try {
    return await parseBody(bytes, { headers, url }, { maxBytes: MAX_TEXT_BYTES });
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'invalid_json') throw error;
    throw new RpcError(PARSE_ERROR, error.message, { status: 400 });
  }
}

async function answer(message: unknown, tools: readonly Tool[], call: Call): Promise<Response> {
  const prepared = prepare(message, tools, call);
  if (!prepared) return accepted();
  const { progressToken, run } = prepared;
  const acceptsEvents = call.headers.get('accept')?.includes('text/event-stream');
  if (acceptsEvents && progressToken !== undefined) return answerByEvents(progressToken, run, call);
  return jsonAnswer(jsonPieces(await run()));
}

/** One message after the other, while there is room for more answers: each may need much memory. */
async function answerBatch(messages: readonly unknown[], tools: readonly Tool[], call: Call): Promise<Response> {
  if (!hasBatches(call.headers)) throw invalid('This version of the protocol has no batches.');
  if (messages.length === 0 || messages.length > MAX_MCP_MESSAGES) {
    throw invalid(`A batch must have 1 to ${MAX_MCP_MESSAGES} messages.`);
  }
  let text = '';
  const add = (answer: JsonObject) => {
    text += `${text === '' ? '[' : ','}${[...jsonPieces(answer)].join('')}`;
  };
  for (const message of messages) {
    try {
      const prepared = prepare(message, tools, deriveCall(call, sizeOf(message)));
      if (text.length > MAX_MCP_ANSWER_BYTES)
        throw invalid('The answers of this batch are too large. Send the rest again.');
      if (prepared) add(await prepared.run());
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      add(error.toAnswer());
    }
  }
  return text === '' ? accepted() : new Response(`${text}]`, { headers: { 'content-type': 'application/json' } });
}

/** What a message of a batch has, for limits: one may have nearly all. */
function sizeOf(message: unknown): Pick<Intake, 'textBytes' | 'pictures'> {
  const json = JSON.stringify(message);
  const { count, characters } = dataUrlsIn(json);
  return { textBytes: new TextEncoder().encode(json).length - characters, pictures: count };
}

const accepted = () => new Response(null, { status: 202 });

/**
 * @returns undefined for a notification: none of them needs anything to be done
 * @throws RpcError
 */
function prepare(value: unknown, tools: readonly Tool[], call: Call): Prepared | undefined {
  const message = readMessage(value);
  const { id, params } = message;
  if (id === undefined) return undefined;
  try {
    const modern = isModern(message, call.headers);
    const result = resultOf(message, modern, tools, call);
    const common = modern && { resultType: 'complete', _meta: { 'io.modelcontextprotocol/serverInfo': SERVER } };
    const takesTime = typeof result === 'function';
    const token = takesTime && isObject(params._meta) ? params._meta.progressToken : undefined;
    return {
      progressToken: isId(token) ? token : undefined,
      run: async (progress) => {
        const own = takesTime ? await result(progress) : result;
        return { jsonrpc: '2.0', id, result: { ...own, ...common } };
      },
    };
  } catch (error) {
    if (error instanceof RpcError) error.id = id;
    throw error;
  }
}
