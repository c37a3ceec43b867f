import type { Asked } from './row.ts';

/** A gateway: its address, the key of a caller, and what makes it choose the host of the table. */
export interface Gateway {
  /** Without a slash at its end. */
  readonly url: string;
  readonly key: string;
  readonly modelPrefix: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether it is set to keep streams alive within the silences of the table. */
  readonly keepsAlive?: boolean;
  /** Where the webhooks of the gateway come in, with the id of their run. */
  webhook?(run: string): Promise<{ type: string }>;
}

/** What a client saw. */
export interface Seen {
  readonly status: number;
  /** What came before a failure, or all. */
  readonly text?: string | undefined;
  readonly reasoning?: string | undefined;
  readonly failed?: { readonly message: string; readonly code?: string | undefined } | undefined;
  /** In a stream that is passed on as it comes: comments, which keep it alive. */
  readonly comments?: number;
  /** Set if the client was told neither that it is complete nor that it failed. */
  readonly isOpen?: boolean;
}

/** A way in which clients get what hosts send. */
export interface Surface {
  readonly name: string;
  /** The paths in /openapi.json that it stands for. */
  readonly paths: readonly string[];
  readonly asks: Asked;
  /** What it is of: a tool of agents, or a task of the hub. */
  readonly tool?: string;
  readonly task?: string;
  /** Whether clients get a stream, although the host is asked for a whole answer. */
  readonly isStream?: boolean;
  /** Whether the gateway collects a whole answer from a stream of the host. */
  readonly isCollected?: boolean;
  /** Whether it shows the reasoning of a model apart from its text. */
  readonly hasReasoning?: boolean;
  /** Whether another gateway can be expected to have it. */
  readonly isCommon?: boolean;
  /**
   * Whether it writes to storage, or is another shape of one that does not: then the last case of a row is
   * enough.
   */
  readonly isCostly?: boolean;
  ask(gateway: Gateway, model: string): Promise<Seen>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly run: string;
  /** False where the connection broke. */
  readonly isWhole: boolean;
}

export async function send(
  { url, key, headers }: Gateway,
  path: string,
  body: object | FormData | undefined,
  more: Record<string, string> = {},
): Promise<Answer> {
  const isForm = body instanceof FormData;
  const answer = await fetch(url + path, {
    method: body ? 'POST' : 'GET',
    headers: {
      authorization: `Bearer ${key}`,
      ...(body && !isForm && { 'content-type': 'application/json' }),
      ...headers,
      ...more,
    },
    ...(body && { body: isForm ? body : JSON.stringify(body) }),
  });
  const { status } = answer;
  const type = answer.headers.get('content-type') ?? '';
  const run = answer.headers.get('x-run-id') ?? '';
  const chunks: Uint8Array[] = [];
  let isWhole = true;
  try {
    for await (const chunk of answer.body ?? []) chunks.push(chunk);
  } catch {
    isWhole = false;
  }
  return { status, type, run, text: Buffer.concat(chunks).toString(), isWhole };
}

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, of which tests read what they expect
export type Json = any;

/** The `error` of an answer in OpenAI's shape, or in that of the hub. */
export function failureIn({ status, text }: Pick<Answer, 'status' | 'text'>): Seen | undefined {
  if (status < 400) return undefined;
  try {
    const { error, code }: Json = JSON.parse(text);
    if (typeof error === 'string') return { status, failed: { message: error, code } };
    return { status, failed: { message: String(error?.message), code: error?.code } };
  } catch {
    return { status, failed: { message: text } };
  }
}

/** A whole answer in JSON. */
export async function whole(
  gateway: Gateway,
  path: string,
  body: object | FormData,
  read: (json: Json) => Omit<Seen, 'status'>,
): Promise<Seen> {
  const answer = await send(gateway, path, body);
  // An answer that is collected can fail when its status is sent: then it is an error, and broken.
  const failure = failureIn(answer.isWhole ? answer : { status: 500, text: answer.text.trim() });
  if (failure) return answer.isWhole ? failure : { ...failure, status: answer.status };
  return { status: answer.status, ...read(JSON.parse(answer.text)) };
}

/** An event of a stream. */
export interface ServerEvent {
  readonly name: string;
  readonly data: string;
}

export function eventsIn(text: string): ServerEvent[] {
  const blocks = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').split('\n\n');
  return blocks.flatMap((block) => {
    const lines = block.split('\n');
    const values = (field: string) =>
      lines.flatMap((line) => (line.startsWith(`${field}:`) ? [line.slice(field.length + 1).replace(/^ /, '')] : []));
    const data = values('data');
    const name = values('event').at(-1) ?? '';
    const joined = data.join('\n');
    // Some hosts separate events by a single line end, and many clients read line by line.
    if (data.length > 1 && !isJson(joined) && data.every(isJson)) return data.map((data) => ({ name, data }));
    return data.length === 0 ? [] : [{ name, data: joined }];
  });
}

function isJson(data: string): boolean {
  try {
    return data.trim() === '[DONE]' || JSON.parse(data) !== undefined;
  } catch {
    return false;
  }
}

/**
 * A stream that ends with `[DONE]`, or with an error that OpenAI's SDKs raise. Whatever follows either is not
 * read by them.
 */
export async function streamed(
  gateway: Gateway,
  path: string,
  body: object,
  read: (event: Json) => { text?: string | undefined; reasoning?: string | undefined; isLast?: boolean },
): Promise<Seen> {
  const answer = await send(gateway, path, body);
  const failure = failureIn(answer);
  if (failure) return failure;
  return { status: answer.status, ...readStream(answer.text, read), comments: commentsIn(answer.text) };
}

/** Comments, or what Anthropic's streams have instead. */
export const commentsIn = (text: string): number => text.match(/^(?::|event: ping$)/gm)?.length ?? 0;

export function readStream(
  all: string,
  read: (event: Json) => { text?: string | undefined; reasoning?: string | undefined; isLast?: boolean },
): Omit<Seen, 'status'> {
  let text = '';
  let reasoning = '';
  let isDone = false;
  for (const { data } of eventsIn(all)) {
    if (data.trim() === '[DONE]') {
      isDone = true;
      continue;
    }
    let event: Json;
    try {
      event = JSON.parse(data);
    } catch {
      // What an SDK throws. The gateway says why at the end.
      continue;
    }
    if (event?.error)
      return { text, reasoning, failed: { message: String(event.error.message), code: event.error.code } };
    const piece = read(event);
    text += piece.text ?? '';
    reasoning += piece.reasoning ?? '';
    isDone ||= piece.isLast === true;
  }
  return { text, reasoning, isOpen: !isDone };
}
