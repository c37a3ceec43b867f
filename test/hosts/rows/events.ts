import { zstdCompressSync } from 'node:zlib';
import { type Asked, type Case, chunk, DONE, EVERYTHING, type HostRow, type Sent, stream, whole } from '../row.ts';

const STREAMS: readonly Asked[] = ['chat stream', 'completion stream'];
const gives = { text: 'One two' };
const EVENTS = [chunk('One '), chunk('two'), chunk('', 'stop')];
const lines = (event: object) => `${JSON.stringify(event, null, 1)}\n`;

/** One case: what is asked for a stream of text gets this. */
const streams = (sends: Sent): Case[] => [{ asked: STREAMS, sends, gives }];

/** The same for transcripts and speech. */
const sounds = (type: string): Case[] => [
  {
    asked: ['transcript stream'],
    sends: stream(
      [
        { type: 'transcript.text.delta', delta: 'One ' },
        { type: 'transcript.text.delta', delta: 'two' },
        { type: 'transcript.text.done', text: 'One two' },
      ],
      { type },
    ),
    gives,
  },
  {
    asked: ['speech stream'],
    sends: stream(
      [
        { type: 'speech.audio.delta', audio: 'One ' },
        { type: 'speech.audio.delta', audio: 'two' },
        { type: 'speech.audio.done' },
      ],
      { type },
    ),
    gives,
  },
];

/** Streams that are complete, and written in ways of their own. */
export const events: readonly HostRow[] = [
  {
    name: 'several-data-lines',
    does: 'writes the JSON of an event on several `data:` lines',
    source: 'SamSaffron/term-llm#454',
    cases: streams(stream([...EVENTS.map((event) => `${lines(event).replace(/^/gm, 'data: ').slice(0, -6)}\n`), DONE])),
  },
  {
    name: 'without-space',
    does: 'leaves out the space after `data:`',
    source: 'dataelement/Clawith#106',
    cases: streams(stream([...EVENTS.map((event) => `data:${JSON.stringify(event)}\n\n`), 'data:[DONE]\n\n'])),
  },
  {
    name: 'crlf',
    does: 'ends lines with CR LF',
    source: 'kubernetes-sigs/inference-perf#781',
    cases: streams(
      stream([...EVENTS.map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`), 'data: [DONE]\r\n\r\n']),
    ),
  },
  {
    name: 'single-line-ends',
    does: 'separates events by a single line end',
    source: 'aisu-wata0/slaude#2',
    cases: streams(stream([...EVENTS.map((event) => `data: ${JSON.stringify(event)}\n`), 'data: [DONE]\n'])),
  },
  {
    name: 'comments',
    does: 'sends comments while it queues and thinks',
    source: 'vllm-project/vllm#47647',
    cases: streams(stream([': keep-alive\n\n', ...EVENTS.flatMap((event) => [':\n\n', event]), DONE])),
  },
  {
    name: 'ids-and-names',
    does: 'gives events an `id` and a name',
    source: 'modelscope/evalscope#1474',
    cases: streams(
      stream([...EVENTS.map((event) => `id: 1\nevent: message\ndata: ${JSON.stringify(event)}\n\n`), DONE]),
    ),
  },
  {
    name: 'events-without-data',
    does: 'sends events without data, to say when to connect again',
    source: 'openai/openai-python#2721',
    cases: streams(stream(['retry: 3000\n\n', ...EVENTS, DONE])),
  },
  {
    name: 'null-events',
    does: 'keeps the connection alive by `data: null`',
    source: 'NousResearch/hermes-agent#80822',
    cases: streams(stream(['data: null\n\n', chunk('One '), 'data: null\n\n', chunk('two', 'stop'), DONE])),
  },
  {
    name: 'no-done',
    does: 'ends a stream that is complete without `[DONE]`',
    source: 'NousResearch/hermes-agent#90848',
    cases: streams(stream([...EVENTS, { ...whole(''), choices: [], usage: null }])),
  },
  {
    name: 'null-choices',
    does: 'sends an event with `choices: null` among good ones',
    source: 'pydantic/pydantic-ai#5170',
    cases: streams(stream([{ ...chunk(''), choices: null }, ...EVENTS, DONE])),
  },
  {
    name: 'stream-as-text',
    does: 'sends a stream as text/plain',
    source: 'containers/ramalama#2837',
    cases: [...streams(stream([...EVENTS, DONE], { type: 'text/plain' })), ...sounds('text/plain')],
  },
  {
    name: 'stream-as-ndjson',
    does: 'sends a stream as application/x-ndjson',
    source: 'Lightning-AI/LitServe#359',
    cases: [...streams(stream([...EVENTS, DONE], { type: 'application/x-ndjson' })), ...sounds('application/json')],
  },
  {
    name: 'compressed-unasked',
    does: 'compresses its answer in a way that nobody asked for',
    source: 'cloudflare/workerd#6837',
    cases: [
      {
        asked: EVERYTHING,
        sends: {
          type: 'application/json',
          headers: { 'content-encoding': 'zstd' },
          body: zstdCompressSync(JSON.stringify(whole('One two'))),
        },
        gives: { status: 502, words: 'the encoding zstd' },
      },
    ],
  },
];
