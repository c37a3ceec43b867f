import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OPERATOR } from '../../../../src/access/caller.ts';
import { ApiError } from '../../../../src/base/errors.ts';
import { resetIsolate, stateOf } from '../../../../src/base/isolate-state.ts';
import type { Call } from '../../../../src/call/call.ts';
import { origin } from '../../../../src/call/hosts.ts';
import type { ChatTarget, JsonObject } from '../../../../src/call/tasks.ts';
import { answerInSession } from '../../../../src/hosts/upstream/affinity.ts';
import { noteFailure } from '../../../../src/hosts/upstream/breaker.ts';
import { UpstreamFailure } from '../../../../src/hosts/upstream/failure.ts';
import { callFor } from '../../../support/call.ts';

const target = (upstreamModel: string): ChatTarget => ({ host: origin, upstreamModel, chat: () => Promise.reject() });
const a = target('a');
const b = target('b');
const router: ChatTarget = { ...target('m:fastest'), at: (provider) => target(`m:${provider}`) };

const conversation = (text: string): JsonObject => ({
  messages: [
    { role: 'system', content: 'Be kind.' },
    { role: 'user', content: text },
  ],
});

interface Turn {
  readonly targets?: readonly ChatTarget[];
  readonly body?: JsonObject;
  readonly caller?: string;
  readonly headers?: Record<string, string>;
  /** What each target that does not answer throws. */
  readonly failing?: Record<string, Error>;
  readonly provider?: string;
}

/** Asks once. @returns the targets that were tried */
async function ask(turn: Turn = {}): Promise<string[]> {
  const { targets = [a, b], body = conversation('Hello'), caller = 'one', headers = {}, failing = {} } = turn;
  const call = callFor('text-generation', {}, { caller: { ...OPERATOR, id: caller }, headers: new Headers(headers) });
  const tried: string[] = [];
  const run = async ({ upstreamModel }: ChatTarget, its: Call) => {
    tried.push(upstreamModel);
    if (failing[upstreamModel]) throw failing[upstreamModel];
    if (turn.provider !== undefined) its.answeredBy?.(turn.provider);
  };
  await answerInSession({ model: { id: 'model', targets }, body }, call, run).catch(() => {});
  return tried;
}

const down = new UpstreamFailure('server-error', 'down');
const rejected = new UpstreamFailure('rejected', 'no');

/** The session has moved to the second target. */
async function move(turn: Turn = {}) {
  expect(await ask({ ...turn, failing: { a: down } })).toEqual(['a', 'b']);
}

beforeEach(() => {
  resetIsolate('session-targets', 'failing-targets');
});

afterEach(() => {
  vi.useRealTimers();
  resetIsolate('failing-targets');
});

describe('a session', () => {
  it('stays at the target that answered last', async () => {
    await move();
    expect(await ask()).toEqual(['b']);
  });

  it('goes on with later turns of the same conversation', async () => {
    await move();
    const { messages } = conversation('Hello') as { messages: JsonObject[] };
    const later = [...messages, { role: 'assistant', content: 'Hi' }, { role: 'user', content: 'How are you?' }];
    expect(await ask({ body: { messages: later } })).toEqual(['b']);
  });

  it.each([
    ['another first message', { body: conversation('Goodbye') }],
    ['another system message', { body: { messages: [{ role: 'user', content: 'Hello' }] } }],
    ['another caller', { caller: 'two' }],
    ['a `prompt_cache_key`', { body: { ...conversation('Hello'), prompt_cache_key: 'k' } }],
    ['an `X-Session-Id`', { headers: { 'x-session-id': 's' } }],
    ['no message of a user', { body: { messages: [{ role: 'system', content: 'Be kind.' }] } }],
    ['no messages', { body: { prompt: 'Hello' } }],
  ])('is another one with %s', async (_, turn: Turn) => {
    await move();
    expect(await ask(turn)).toEqual(['a']);
  });

  it('is the same with its texts as parts, and with other pictures', async () => {
    const parts = (url: string) => [
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url } },
    ];
    const body = (url: string) => ({ messages: [{ role: 'user', content: parts(url) }] });
    await move({ body: body('data:1') });
    expect(await ask({ body: body('data:2') })).toEqual(['b']);
  });

  it.each([[[null]], [['text']], [[{ role: 'user' }]], [[{ role: 'user', content: [null, 1, { text: {} }] }]]])(
    'of odd messages (%j) is answered',
    async (messages) => {
      expect(await ask({ body: { messages } })).toEqual(['a']);
    },
  );

  it('ends five minutes after its last answer', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    await move();
    vi.setSystemTime(Date.now() + 299_000);
    expect(await ask()).toEqual(['b']);
    vi.setSystemTime(Date.now() + 299_000);
    expect(await ask()).toEqual(['b']);
    vi.setSystemTime(Date.now() + 301_000);
    expect(await ask()).toEqual(['a']);
  });

  it('leaves a target that fails, and stays at the one that answered instead', async () => {
    await move();
    expect(await ask({ failing: { b: down } })).toEqual(['b', 'a']);
    expect(await ask()).toEqual(['a']);
  });

  it('leaves a target that rejects a request, which ends there', async () => {
    await move();
    expect(await ask({ failing: { b: rejected } })).toEqual(['b']);
    expect(await ask()).toEqual(['a']);
  });

  it('stays when its client leaves', async () => {
    await move();
    await ask({ failing: { b: new ApiError('client_closed_request', 'gone') } });
    expect(await ask()).toEqual(['b']);
  });

  it('does not wait for a target that rests', async () => {
    await move();
    for (let i = 0; i < 5; i++) noteFailure(b);
    expect(await ask()).toEqual(['a']);
  });

  it('does not need a target that is not available any more', async () => {
    await move();
    expect(await ask({ targets: [a, target('c')] })).toEqual(['a']);
  });

  it('is forgotten if many others came later', async () => {
    await move();
    for (let i = 0; i < 5_000; i++) await ask({ body: { prompt_cache_key: `${i}` } });
    expect((stateOf('session-targets') as Map<string, unknown>).size).toBe(5_000);
    expect(await ask()).toEqual(['a']);
  });
});

describe('a session at a router', () => {
  it('stays at the provider that the router named, and lets it choose again when that fails', async () => {
    const targets = [router];
    expect(await ask({ targets, provider: 'groq' })).toEqual(['m:fastest']);
    expect(await ask({ targets, provider: 'groq' })).toEqual(['m:groq']);
    expect(await ask({ targets, provider: 'together', failing: { 'm:groq': down } })).toEqual(['m:groq', 'm:fastest']);
    expect(await ask({ targets })).toEqual(['m:together']);
  });

  it.each(['', 'Groq', '../x', 'a b', 'a:b', '"', 'x'.repeat(41), '-'])(
    'does not believe that a provider is called %j',
    async (provider) => {
      await ask({ targets: [router], provider });
      expect(await ask({ targets: [router] })).toEqual(['m:fastest']);
    },
  );
});

it('costs nothing for a model with one target: no name is made', async () => {
  const sign = vi.spyOn(crypto.subtle, 'sign');
  expect(await ask({ targets: [a] })).toEqual(['a']);
  expect(sign).not.toHaveBeenCalled();
  expect((stateOf('session-targets') as Map<string, unknown>).size).toBe(0);
});
