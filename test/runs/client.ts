import { type IncomingHttpHeaders, request } from 'node:http';
import { LOCAL_KEY } from '../support/gateway.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  /** Whether the body has come to its end. */
  readonly isWhole: boolean;
  /** When it ended, or when the client left. */
  readonly endedAt: number;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  /** The client leaves as soon as this is true of what it has received. */
  readonly leave?: (text: string) => boolean;
}

/** One request, on a connection of its own. @throws if no answer begins */
export function ask(port: number, path: string, { method, headers, body, leave }: Ask = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const outgoing = request({
      ...{ host: '127.0.0.1', port, path, agent: false, method: method ?? (sent === undefined ? 'GET' : 'POST') },
      headers: {
        authorization: `Bearer ${LOCAL_KEY}`,
        ...(sent === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) }),
        ...headers,
      },
    });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      let seen = '';
      const end = (isWhole: boolean) => {
        const bytes = Buffer.concat(chunks);
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, bytes, text: `${bytes}`, isWhole, endedAt: Date.now() });
      };
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        if (!leave) return;
        seen += chunk;
        if (!leave(seen)) return;
        end(false);
        response.destroy();
      });
      response.on('end', () => end(true));
      response.on('error', () => end(false));
    });
    outgoing.end(sent);
  });
}

export const chat = (model: string, stream = true, more: object = {}) => ({
  ...{ model: `openai/${model}`, stream, messages: [{ role: 'user', content: 'hi' }] },
  ...more,
});

/** The complete events of a stream. */
export function eventsOf(text: string): { id: string; data: string }[] {
  const blocks = text.slice(0, text.lastIndexOf('\n\n') + 2).split('\n\n');
  return blocks.flatMap((block) => {
    const data = /^data: (.*)$/m.exec(block)?.[1];
    return data === undefined ? [] : [{ id: /^id: (.*)$/m.exec(block)?.[1] ?? '', data }];
  });
}

/** What a client keeps of a stream that was cut: its complete events. */
export const complete = (text: string) => text.slice(0, text.lastIndexOf('\n\n') + 2);
