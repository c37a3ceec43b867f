import { type Case, chunk, DONE, drawn, type HostRow, json, stream } from '../row.ts';

/** Longer than the time after which the gateway of the table keeps a stream alive. */
const SILENCE_MS = 4_500;

const gives = { text: 'One two', isKeptAlive: true } as const;
const late = (asked: Case['asked'], events: Parameters<typeof stream>[0]): Case => ({
  asked,
  sends: stream(events),
  gives,
});
const text = (delta: string) => ({ type: 'transcript.text.delta', delta });
const sound = (audio: string) => ({ type: 'speech.audio.delta', audio });

/** Hosts that say nothing for longer than proxies and phones keep a connection. */
export const silences: readonly HostRow[] = [
  {
    name: 'silence-within',
    does: 'is silent in the middle of a stream',
    source: 'openclaw/openclaw#70739',
    cases: [
      late(['chat stream', 'completion stream'], [chunk('One '), SILENCE_MS, chunk('two', 'stop'), DONE]),
      late(
        ['transcript stream'],
        [text('One '), SILENCE_MS, text('two'), { type: 'transcript.text.done', text: 'One two' }],
      ),
      late(['speech stream'], [sound('One '), SILENCE_MS, sound('two'), { type: 'speech.audio.done' }]),
    ],
  },
  {
    name: 'silence-before',
    does: 'is silent before its first event',
    source: 'maximhq/bifrost#5212',
    cases: [late(['chat stream', 'completion stream'], [SILENCE_MS, chunk('One two', 'stop'), DONE])],
  },
  {
    name: 'silence-before-headers',
    does: 'sends its headers with its first event only, and reads a long prompt before',
    source: 'ggml-org/llama.cpp#23884',
    cases: [
      {
        asked: ['chat stream', 'completion stream'],
        sends: stream([chunk('One two', 'stop'), DONE], { afterMs: SILENCE_MS }),
        gives,
      },
      {
        asked: ['chat stream', 'completion stream'],
        sends: json({ error: { message: 'The prompt is too long.' } }, { status: 400, afterMs: SILENCE_MS }),
        gives: { status: 400, words: 'The prompt is too long.', after: '' },
      },
    ],
  },
  {
    name: 'silence-while-drawing',
    does: 'is silent while it draws',
    source: 'onyx-dot-app/onyx#13282',
    cases: [
      {
        asked: ['generation', 'edit'],
        sends: { ...drawn, afterMs: SILENCE_MS },
        gives: { text: '', isKeptAlive: true },
      },
    ],
  },
  {
    name: 'silence-in-sound',
    does: 'is silent in the middle of a sound, which gets no comments',
    source: 'maximhq/bifrost#5010',
    cases: [
      {
        asked: ['speech'],
        sends: { type: 'audio/mpeg', body: ['One ', SILENCE_MS, 'two'] },
        gives: { text: 'One two' },
      },
    ],
  },
];
