/** The language of the table: what a host sends, and what must come out. */

/** What a surface asks a host for. A case says which of these it answers. */
export type Asked =
  | 'chat'
  | 'chat stream'
  | 'completion'
  | 'completion stream'
  | 'vectors'
  | 'transcript'
  | 'transcript stream'
  | 'speech'
  | 'speech stream'
  | 'edit'
  | 'picture'
  | 'generation'
  | 'moderation'
  /** A chat in which the model calls tools, its next turn, and one whose tools return pictures. */
  | 'calls'
  | 'calls stream'
  | 'turn'
  | 'tool pictures'
  | 'tool pictures stream';

export const EVERYTHING: readonly Asked[] = [
  'chat',
  'chat stream',
  'completion',
  'completion stream',
  'vectors',
  'transcript',
  'transcript stream',
  'speech',
  'speech stream',
  'edit',
  'picture',
  'generation',
  'moderation',
];
export const STREAMS: readonly Asked[] = EVERYTHING.filter((asked) => asked.endsWith('stream'));
export const WHOLE: readonly Asked[] = EVERYTHING.filter((asked) => !asked.endsWith('stream'));
export const TEXT: readonly Asked[] = ['chat', 'chat stream', 'completion', 'completion stream'];

/** An answer as it is on the wire. */
export interface Sent {
  readonly status?: number;
  /** Null for none. */
  readonly type?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the host is silent before it sends its headers. */
  readonly afterMs?: number;
  /** In pieces, each in a packet of its own. A number is a silence, in milliseconds. */
  readonly body: string | Buffer | readonly (string | number)[];
}

/** The fields of a request. Those of a form are texts. */
export type Fields = Readonly<Record<string, unknown>>;

/** What a host sends that looks at the request. */
export type Answering = (fields: Fields) => Sent;

/** It failed, with the host's words. */
export interface Fails {
  /** As long as nothing was sent. */
  readonly status: number;
  readonly words: string;
  readonly code?: string;
  /** The text of a stream before it failed. */
  readonly after?: string;
}

/** It is complete. */
export interface Says {
  readonly text: string;
  readonly reasoning?: string;
  /** Streams have comments where the host was silent. */
  readonly isKeptAlive?: true;
}

export interface Case {
  readonly asked: readonly Asked[];
  readonly sends: Sent | Answering;
  readonly gives: Fails | Says;
  /** Surfaces on which something else comes out, each with a word why. */
  readonly except?: Readonly<Record<string, Fails | Says>>;
}

export interface HostRow {
  readonly name: string;
  /** Completes "a host that". */
  readonly does: string;
  /** Where somebody has reported it: the project and the number of the issue or pull request. */
  readonly source: string;
  readonly cases: readonly Case[];
}

export const json = (value: unknown, more: Partial<Sent> = {}): Sent => ({
  type: 'application/json',
  body: JSON.stringify(value),
  ...more,
});

/** A stream of events: an object is the JSON of one, a text is sent as it is. */
export const stream = (events: readonly (object | string | number)[], more: Partial<Sent> = {}): Sent => ({
  type: 'text/event-stream',
  body: events.map((event) => (typeof event === 'object' ? `data: ${JSON.stringify(event)}\n\n` : event)),
  ...more,
});

/** One pixel. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
/** A picture of a host of OpenAI's API. */
export const drawn = json({ created: 1, data: [{ b64_json: PNG }] });

export const DONE = 'data: [DONE]\n\n';
const HEAD = { id: 'chatcmpl-1', created: 1_760_000_000, model: 'm' };
const USAGE = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };

/** An event of a chat and of a completion: hosts that are asked for either can send it. */
export const chunk = (content: unknown, finish_reason: string | null = null) => ({
  ...HEAD,
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta: { content }, ...(typeof content === 'string' && { text: content }), finish_reason }],
});

/** A complete chat, and a complete completion. */
export const whole = (content: unknown, finish_reason: string | null = 'stop') => ({
  ...HEAD,
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content },
      ...(typeof content === 'string' && { text: content }),
      finish_reason,
    },
  ],
  usage: USAGE,
});

interface Failure {
  readonly name: string;
  readonly does: string;
  readonly source: string;
  /** A whole answer that has failed. */
  readonly whole?: object;
  /** The same as the event of a stream: an object is its JSON. */
  readonly event?: object | string;
  readonly asked?: readonly Asked[];
  readonly gives: Pick<Fails, 'status' | 'words' | 'code'>;
  /** What clients are told in the middle of a stream, if they read it in the event of the host itself. */
  readonly lateWords?: string;
}

/**
 * A failure that a host reports with status 200: as a whole answer, as the first event of a stream, and in
 * its middle.
 */
export function failure({
  name,
  does,
  source,
  whole: answer,
  event,
  asked = EVERYTHING,
  gives,
  lateWords,
}: Failure): HostRow {
  const streams = asked.filter((one) => STREAMS.includes(one));
  const cases: Case[] = [];
  if (answer) cases.push({ asked: asked.filter((one) => WHOLE.includes(one)), sends: json(answer), gives });
  if (event) {
    cases.push({ asked: streams, sends: stream([event, DONE]), gives });
    const texts = streams.filter((one) => TEXT.includes(one));
    const late = [chunk('One '), chunk('two'), event];
    cases.push({
      asked: texts,
      sends: stream(late),
      gives: { ...gives, words: lateWords ?? gives.words, after: 'One two' },
    });
  }
  return { name, does, source, cases };
}
