import type { CachingGateway } from './gateway.ts';

export interface Answer {
  readonly status: number;
  /** What has come, also if the connection broke. */
  readonly text: string;
  readonly whole: boolean;
  /** What the host said, of a whole answer or of all events. */
  readonly content: string;
}

export interface Sent {
  readonly key?: string;
  readonly seconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

let requests = 0;

/** A text that no other request has. */
export const fresh = (does = '') => `${does && `[${does}] `}request ${process.pid}-${requests++}`;

export const chat = (content: string, more: object = {}): object => ({
  messages: [{ role: 'user', content }],
  max_tokens: 50,
  ...more,
});

/** Sends a chat. A body that is a text is sent as it is. */
export async function send(gateway: CachingGateway, body: object | string, sent: Sent = {}): Promise<Answer> {
  const { key = gateway.keys.one, seconds = 300, headers = {}, signal } = sent;
  const json = typeof body === 'string' ? body : JSON.stringify({ model: `${gateway.modelPrefix}m`, ...body });
  const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      ...gateway.headers(seconds),
      ...headers,
    },
    body: json,
    ...(signal && { signal }),
  });
  let text = '';
  let whole = true;
  try {
    for await (const piece of (answer.body ?? new Blob([]).stream()).pipeThrough(new TextDecoderStream()))
      text += piece;
  } catch {
    whole = false;
  }
  return { status: answer.status, text, whole, content: contentOf(text) };
}

function contentOf(text: string): string {
  const pieces = text.startsWith('data:')
    ? text.split('\n').flatMap((line) => (line.startsWith('data: {') ? [line.slice('data: '.length)] : []))
    : [text];
  return pieces
    .map((piece) => {
      try {
        const { choices = [] } = JSON.parse(piece) as { choices?: { delta?: Message; message?: Message }[] };
        return choices[0]?.message?.content ?? choices[0]?.delta?.content ?? '';
      } catch {
        return '';
      }
    })
    .join('')
    .trim();
}

interface Message {
  readonly content?: string | null;
}
