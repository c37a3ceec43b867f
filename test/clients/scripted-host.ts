import { createServer, type IncomingHttpHeaders } from 'node:http';
import { listen, type Origin } from '../support/stack.ts';

export interface Scripted {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** Sent as JSON. An array is sent as the events of a stream, with `[DONE]` at the end. */
  readonly body: object | readonly object[];
  /** Whether a stream ends without `[DONE]`. */
  readonly isCut?: boolean;
}

export interface ScriptedHost extends Origin {
  /** The answers of this host in turn. The last one is repeated. */
  script: Scripted[];
  /** The requests that it received. */
  readonly requests: { path: string; headers: IncomingHttpHeaders; body: Record<string, unknown> }[];
}

/** A host with OpenAI's API and scripted answers: for what tiny models cannot do, and for failures. */
export async function startScriptedHost(): Promise<ScriptedHost> {
  const requests: ScriptedHost['requests'] = [];
  const server = await listen(
    createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      requests.push({
        path: request.url ?? '',
        headers: request.headers,
        body: JSON.parse(Buffer.concat(chunks).toString()),
      });
      const next = host.script.length > 1 ? host.script.shift() : host.script[0];
      if (!next) throw new Error('The script is empty.');
      const { status = 200, headers = {}, body, isCut } = next;
      if (Array.isArray(body)) {
        response.writeHead(status, { 'content-type': 'text/event-stream', ...headers });
        for (const event of body) response.write(`data: ${JSON.stringify(event)}\n\n`);
        response.end(isCut ? '' : 'data: [DONE]\n\n');
      } else {
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(JSON.stringify(body));
      }
    }),
  );
  const host: ScriptedHost = { ...server, script: [], requests };
  return host;
}

const HEAD = { id: 'chatcmpl-1', created: 1, model: 'scripted' };
const USAGE = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 };
const CALL = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Paris"}' } };

/** A complete answer with text. */
export function answer(content: string): Scripted {
  const message = { role: 'assistant', content, refusal: null };
  return {
    body: {
      ...HEAD,
      object: 'chat.completion',
      choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
      usage: USAGE,
    },
  };
}

/** A stream of these deltas, with usage at its end. */
export function streamed(deltas: readonly object[], finish_reason = 'stop'): Scripted {
  const chunk = (choices: object[], usage: object | null) => ({
    ...{ ...HEAD, object: 'chat.completion.chunk' },
    choices,
    usage,
  });
  const event = (delta: object, finish_reason: string | null) =>
    chunk([{ index: 0, delta, logprobs: null, finish_reason }], null);
  return { body: [...deltas.map((delta) => event(delta, null)), event({}, finish_reason), chunk([], USAGE)] };
}

/** A complete answer that calls the tool `weather` for Paris. */
export const toolCall: Scripted = {
  body: {
    ...HEAD,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: null, refusal: null, tool_calls: [CALL] },
        logprobs: null,
        finish_reason: 'tool_calls',
      },
    ],
    usage: USAGE,
  },
};

/** The same call as a stream, with its arguments in pieces. */
export const streamedToolCall: Scripted = {
  body: [
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ index: 0, ...CALL, function: { name: 'weather', arguments: '' } }],
    },
    { tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] },
    { tool_calls: [{ index: 0, function: { arguments: '"Paris"}' } }] },
    {},
  ].map((delta, i) => ({
    ...HEAD,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: i === 3 ? 'tool_calls' : null }],
  })),
};

/** A rejection by the host, in OpenAI's format. */
export function refusal(status: number, headers: Record<string, string> = {}): Scripted {
  const error = { message: 'Too many requests.', type: 'rate_limit_error', param: null, code: 'rate_limit_exceeded' };
  return { status, headers, body: { error } };
}
