import { orderProblem } from '../../clients/turn-order.ts';
import { type Case, chunk, DONE, type HostRow, json, stream, whole } from '../row.ts';

/** Calls of tools as hosts write them. */

interface Piece {
  readonly index?: number;
  readonly id?: string | null;
  readonly function?: { readonly name?: string | null; readonly arguments?: string | null } | null;
}

const args = (city: string) => JSON.stringify({ city });
const weather = (city: string, more: Omit<Piece, 'function'>): Piece => ({
  ...more,
  function: { name: 'weather', arguments: args(city) },
});
const delta = (fields: object, finish_reason: string | null = null) => ({
  ...chunk(''),
  choices: [{ index: 0, delta: fields, finish_reason }],
});
const BOTH = { text: `weather(${args('Paris')}) weather(${args('Rome')})` };

/** The same calls in a whole answer, and as pieces of a stream. */
function calls(pieces: readonly Piece[], complete?: readonly Piece[], gives = BOTH): Case[] {
  const events = pieces.map((piece) => delta({ tool_calls: [piece] }));
  const message = { role: 'assistant', content: null, tool_calls: complete };
  const choices = [{ index: 0, message, finish_reason: 'tool_calls' }];
  return [
    { asked: ['calls stream'], sends: stream([...events, delta({}, 'tool_calls'), DONE]), gives },
    ...(complete ? [{ asked: ['calls'], sends: json({ ...whole(''), choices }), gives } satisfies Case] : []),
  ];
}

const asked = (index: number, city: string) => delta({ tool_calls: [weather(city, { index, id: `call_${city}` })] });
/** Text before, between and behind the calls. */
const firstTurn = stream([
  chunk('I ask.'),
  asked(0, 'Paris'),
  chunk('\n'),
  asked(1, 'Rome'),
  chunk('\n'),
  delta({}, 'tool_calls'),
  DONE,
]);

export const calledTools: readonly HostRow[] = [
  {
    name: 'calls-with-empty-ids',
    does: 'gives each call the same index, and an empty id',
    source: 'su-kaka/gcli2api#406',
    cases: calls(
      [weather('Paris', { index: 0, id: '' }), weather('Rome', { index: 0, id: '' })],
      [weather('Paris', { id: '' }), weather('Rome', { id: '' })],
    ),
  },
  {
    name: 'calls-without-index',
    does: 'gives calls neither an index nor an id',
    source: 'aaif-goose/goose#10023',
    cases: calls([weather('Paris', {}), weather('Rome', {})], [weather('Paris', {}), weather('Rome', {})]),
  },
  {
    name: 'calls-of-one-index',
    does: 'gives each call an id of its own, and all the same index',
    source: 'omnigent-ai/omnigent#28',
    cases: calls([weather('Paris', { index: 0, id: 'call_1' }), weather('Rome', { index: 0, id: 'call_2' })]),
  },
  {
    name: 'null-function',
    does: 'sends `"function": null` among the pieces of a call',
    source: 'endolith/open-interpreter#254',
    cases: calls([
      { index: 0, id: 'call_1', function: null },
      { index: 0, function: { name: 'weather', arguments: '' } },
      { index: 0, function: null },
      { index: 0, function: { arguments: args('Paris') } },
      weather('Rome', { index: 1, id: 'call_2' }),
    ]),
  },
  {
    name: 'late-name',
    does: 'sends the name of a call behind its first arguments',
    source: 'vercel/ai#14722',
    cases: calls([
      { index: 0, id: 'call_1', function: { arguments: '{"city":' } },
      { index: 0, function: { name: 'weather', arguments: '"Paris"}' } },
      weather('Rome', { index: 1, id: 'call_2' }),
    ]),
  },
  {
    name: 'null-id-of-pieces',
    does: 'sends null for the id and the name of each further piece of a call',
    source: 'Effect-TS/effect#8333',
    cases: calls([
      { index: 0, id: 'call_1', function: { name: 'weather', arguments: null } },
      { index: 0, id: null, function: { name: null, arguments: args('Paris') } },
      weather('Rome', { index: 1, id: 'call_2' }),
    ]),
  },
  {
    name: 'order-of-turns',
    does: 'writes text between its calls, and rejects a turn in which their results do not follow directly',
    source: 'livekit/agents#1977',
    cases: [
      {
        asked: ['turn'],
        sends({ messages }) {
          if (!JSON.stringify(messages).includes('"tool"')) return firstTurn;
          const problem = orderProblem(messages);
          return problem === undefined
            ? json(whole('Sunny.'))
            : json({ error: { message: problem, type: 'invalid_request_error' } }, { status: 400 });
        },
        gives: { text: 'Sunny.' },
      },
    ],
  },
];
