import type { HostName } from './hosts.ts';

/** Differences that are meant, each with its reason. */
interface Known {
  readonly hosts: readonly HostName[];
  /** Of names of cases. */
  readonly cases: RegExp;
  readonly difference: RegExp;
  readonly why: string;
}

const LLAMA: readonly HostName[] = ['llama', 'embeddings', 'reranker', 'router'];

const KNOWN: readonly Known[] = [
  {
    hosts: LLAMA,
    cases: /picture$|picture in the output|broken arguments|too long|with an encoder|with a reranker/,
    difference: /^status: 500 -> 400$|^code: (upstream_rejected|context_length_exceeded)$/,
    why: 'a failure for good, that llama-server calls its own',
  },
  {
    hosts: ['llama'],
    cases: /picture in the output/,
    difference: /^attempts: 2$/,
    why: 'the picture is sent once more as one of the user, which this host without a projector rejects, too',
  },
  {
    hosts: LLAMA,
    cases: /longer than the context|too long/,
    difference: /^code: context_length_exceeded$/,
    why: 'one code for all hosts',
  },
  {
    hosts: LLAMA,
    cases: /a schema that is none|a tool_choice that is none/,
    difference: /^code: upstream_rejected$/,
    why: 'the host rejects the request, and its words are passed on',
  },
  {
    hosts: LLAMA,
    cases: /embeddings of a language model/,
    difference: /^status: 501 -> 400$|^code: upstream_rejected$/,
    why: 'the host does not offer it, and would not later',
  },
  {
    hosts: ['llama', 'whisper'],
    cases: /^speech$|a picture of a language model|^translation$/,
    difference: /^status: 404 -> 502$|^code: upstream_model_missing$/,
    why: 'the host has no such route',
  },
  {
    hosts: ['router'],
    cases: /unknown model/,
    difference: /^status: 400 -> 502$|^code: upstream_model_missing$/,
    why: 'the model is the choice of the operator',
  },
  {
    hosts: [...LLAMA, 'whisper', 'diffusion'],
    cases:
      /unknown role|no messages|temperature of text|prompt of tokens|no texts|tokens$|empty text|no documents|no query/,
    difference: /^status: 200 -> 400$|^code: invalid_parameter$|^message: `|^words: .* -> `/,
    why: 'the Worker checks it, and names the parameter',
  },
  {
    hosts: ['whisper', 'diffusion'],
    cases: /no file|no prompt|no picture|format that is none/,
    difference: /^code: invalid_parameter$|^words: .* -> `/,
    why: 'the Worker checks it, and names the parameter',
  },
  {
    hosts: ['embeddings'],
    cases: /dimensions/,
    difference:
      /^status: 200 -> 400$|^code: unsupported_parameter$|^message: The host openai does not support `dimensions`/,
    why: 'the host ignores them',
  },
  {
    hosts: ['embeddings'],
    cases: /same text twice/,
    difference: /^prompt_tokens: 14 -> 7$/,
    why: 'the host embeds a text once',
  },
  {
    hosts: ['reranker'],
    cases: /embeddings of a reranker/,
    difference: /^status: 200 -> 502$|^code: upstream_invalid_answer$|^message: .* no direction/,
    why: 'zeros are no vector',
  },
  {
    hosts: ['whisper'],
    cases: /a stream$/,
    difference: /^type: "application\/json" -> "text\/event-stream"$|transcript\.text\.done/,
    why: 'the host does not stream',
  },
  {
    hosts: ['whisper'],
    cases: /transcription: text/,
    difference: /^type: "text\/html" -> "text\/plain"$/,
    why: 'a browser would run it as a page',
  },
  {
    hosts: ['whisper'],
    cases: /no sound/,
    difference: /^code: upstream_rejected$/,
    why: 'the host rejects the request, and its words are passed on',
  },
];

const seen = new Set<Known>();

export function isKnown(host: HostName, name: string, difference: string): boolean {
  const fitting = KNOWN.filter(
    (known) => known.hosts.includes(host) && known.cases.test(name) && known.difference.test(difference),
  );
  for (const known of fitting) seen.add(known);
  return fitting.length > 0;
}

/** Entries of the list that no answer needed, if all of their hosts were asked. */
export function unseen(hosts: readonly HostName[]): string[] {
  return KNOWN.filter((known) => known.hosts.every((host) => hosts.includes(host)) && !seen.has(known)).map(
    ({ hosts, cases, why }) => `${hosts.join(', ')} | ${cases} | ${why}`,
  );
}
