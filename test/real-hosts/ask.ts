import { type Case, isForm } from './case.ts';

/** An answer as a client reads it. */
export interface Answer {
  readonly status: number;
  /** Without parameters. */
  readonly type: string;
  readonly text: string;
  /** The `data` of its events, if it is a stream. */
  readonly events?: readonly string[];
  readonly json?: unknown;
  /** Requests that the Worker sent to the host. */
  readonly attempts: number;
}

export interface Place {
  /** Where the paths of the API begin. */
  readonly url: string;
  readonly model: string;
  readonly key?: string;
}

const LIMIT_MS = 120_000;

export async function ask({ path, body }: Case, { url, model, key }: Place): Promise<Answer> {
  const isOfForm = isForm(body);
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      ...(key && { authorization: `Bearer ${key}` }),
      ...(!isOfForm && { 'content-type': 'application/json' }),
    },
    body: isOfForm ? formOf({ model, ...body.form }) : JSON.stringify({ model, ...body }),
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  const text = await response.text();
  const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
  const events = type === 'text/event-stream' ? eventsIn(text) : undefined;
  const attempts = Number(response.headers.get('x-cedalion-attempts') ?? 0);
  return { status: response.status, type, text, attempts, ...(events ? { events } : jsonIn(text)) };
}

function formOf(fields: Readonly<Record<string, string | Blob>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, value, value.type === 'audio/wav' ? 'tone.wav' : 'picture.png');
  }
  return form;
}

const eventsIn = (text: string) =>
  text.split(/\r?\n/).flatMap((line) => (line.startsWith('data:') ? [line.slice('data:'.length).trim()] : []));

function jsonIn(text: string): { json?: unknown } {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return {};
  }
}
