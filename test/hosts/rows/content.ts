import { type Case, chunk, DONE, type HostRow, json, type Says, stream, whole } from '../row.ts';

/** A text of a chat: whole, and as a stream of pieces. */
function chats(complete: object, pieces: readonly object[], gives: Says, except: Case['except'] = {}): Case[] {
  return [
    { asked: ['chat'], sends: json(complete), gives, except },
    { asked: ['chat stream'], sends: stream([...pieces, DONE]), gives, except },
  ];
}

const said = (message: object, finish_reason: string | null = 'stop') => ({
  ...whole(''),
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason }],
});
const delta = (delta: object, finish_reason: string | null = null) => ({
  ...chunk(''),
  choices: [{ index: 0, delta, finish_reason }],
});

const thought = { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] };
const reference = { type: 'reference', reference_ids: [1] };
const one = { type: 'text', text: 'One ' };
const two = { type: 'text', text: 'two' };
const refused = 'I cannot do that.';
const failsAtHub = { status: 400, words: refused };
const filtered = { status: 400, words: 'content filter' };

/** Contents that are no mere text, and what a model says in place of an answer. */
export const contents: readonly HostRow[] = [
  {
    name: 'parts',
    does: 'sends the content as a list of parts, with what the model thinks among them',
    source: 'vercel/ai#17779',
    cases: chats(whole([thought, one, two]), [chunk([thought]), chunk([one]), chunk('two', 'stop')], {
      text: 'One two',
      reasoning: 'Hm.',
    }),
  },
  {
    name: 'words-beside-choices',
    does: 'puts a code and a message beside good choices',
    source: 'iflytek/spark-ai-python#12',
    cases: chats(
      { ...whole('One two'), code: 0, message: 'Success' },
      [{ ...chunk('One '), code: 0, message: 'Success' }, chunk('two', 'stop')],
      { text: 'One two' },
    ),
  },
  {
    name: 'references',
    does: 'puts references between the parts of the content',
    source: 'meilisearch/meilisearch#6327',
    cases: chats(whole([one, reference, two]), [chunk([one]), chunk([reference]), chunk([two], 'stop')], {
      text: 'One two',
    }),
  },
  {
    name: 'refusal',
    does: 'answers with a refusal, and no content',
    source: 'genkit-ai/genkit#6259',
    cases: chats(
      said({ content: null, refusal: refused }),
      [
        delta({ role: 'assistant', content: null, refusal: 'I cannot ' }),
        delta({ refusal: 'do that.' }),
        delta({}, 'stop'),
      ],
      { text: '' },
      {
        // A message has a stop reason for it, and no other place.
        message: { text: refused },
        'message stream': { text: refused },
        mcp: { text: `The model refused: ${refused}` },
        'mcp with progress': { text: `The model refused: ${refused}` },
        'mcp: prompt': { text: `The model refused: ${refused}` },
        'hub: summarization': failsAtHub,
        'hub: translation': failsAtHub,
      },
    ),
  },
  {
    name: 'content-filter',
    does: 'stops an answer by its content filter',
    source: 'nearai/ironclaw#6697',
    cases: [
      ...chats(
        whole('One two', 'content_filter'),
        [chunk('One two'), chunk('', 'content_filter')],
        { text: 'One two' },
        {
          mcp: { text: "One two(The host's content filter stopped the answer.)" },
          'mcp with progress': { text: "One two(The host's content filter stopped the answer.)" },
          'mcp: prompt': { text: "One two(The host's content filter stopped the answer.)" },
          'hub: summarization': filtered,
          'hub: translation': filtered,
        },
      ),
      {
        asked: ['completion'],
        sends: json(whole('One two', 'content_filter')),
        gives: { text: 'One two' },
        except: { 'hub: text generation': filtered },
      },
      {
        asked: ['completion stream'],
        sends: stream([chunk('One two'), chunk('', 'content_filter'), DONE]),
        gives: { text: 'One two' },
        except: { 'hub: stream of tokens': { ...filtered, after: 'One two' } },
      },
    ],
  },
];
