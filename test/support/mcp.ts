import { type Ask, ask, eventStream, ORIGIN } from './worker.ts';

/** Messages of MCP to the Worker, and hosts that answer its tools. */

export const BOTH = 'application/json, text/event-stream';

export const request = (method: string, params?: object) => ({ jsonrpc: '2.0', id: 1, method, params });
export const call = (name: string, args: object, meta: object = {}) =>
  request('tools/call', { name, arguments: args, _meta: meta });

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    id?: unknown;
    result?: Record<string, unknown>;
    error?: { code: number; message: string; data?: unknown };
  };
}

export async function post(json: unknown, headers: Record<string, string> = {}, more: Ask = {}): Promise<Answer> {
  const answer = await ask('/mcp', { json, headers: { accept: BOTH, ...headers }, ...more });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? {} : JSON.parse(text) };
}

export const chatAnswer = (content: string) => ({
  [`${ORIGIN}/v1/chat/completions`]: () =>
    Response.json({
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 4, completion_tokens: 6, total_tokens: 10 },
    }),
});
export const delta = (content: string) => ({ choices: [{ index: 0, delta: { content } }] });
export const chatStream = (events: readonly (string | object)[]) => ({
  [`${ORIGIN}/v1/chat/completions`]: () => eventStream(events),
});
