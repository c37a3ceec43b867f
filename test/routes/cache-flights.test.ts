import { describe, expect, it, vi } from 'vitest';
import { resetIsolate, stateOf } from '../../src/base/isolate-state.ts';
import { asker, chat, counting, statusOf, streamed, whole } from '../support/cache.ts';

const together = 20;

describe('the same request many times at once', () => {
  it.each([
    ['whole', {}],
    ['streamed', { stream: true }],
  ])('is one request to the host, and one answer: %s', async (_, more) => {
    const { requests } = counting(async (n) => {
      await scheduler.wait(50);
      return 'stream' in more ? streamed(`answer ${n}`) : whole(`answer ${n}`);
    });
    const cached = asker();
    const send = async () => {
      const answer = await cached(chat('Hello', more));
      return [statusOf(answer), await answer.text()];
    };
    const all = await Promise.all(Array.from({ length: together }, send));
    expect(new Set(all.map(([, text]) => text)).size).toBe(1);
    expect(all.filter(([status]) => status === 'cedalion; fwd=uri-miss; collapsed')).toHaveLength(together - 1);
    expect(requests).toHaveLength(1);
  });

  it('goes on if the first one fails: the next one asks, and the others follow it', async () => {
    const { requests } = counting(async (n) => {
      await scheduler.wait(30);
      return n === 1 ? Response.json({ error: { message: 'no' } }, { status: 400 }) : whole(`answer ${n}`);
    });
    const cached = asker();
    const all = await Promise.all(Array.from({ length: together }, () => cached(chat())));
    expect(all.map(({ status }) => status).toSorted()).toEqual([...Array(together - 1).fill(200), 400]);
    expect(requests).toHaveLength(2);
  });

  it('goes on if the stream of the first one is cut: no other sees half of it', async () => {
    const { requests } = counting(async (n) => {
      await scheduler.wait(30);
      return n === 1 ? streamed('half', [], null) : streamed(`answer ${n}`);
    });
    const cached = asker();
    const texts = await Promise.all(
      Array.from({ length: together }, async () => (await cached(chat('Hello', { stream: true }))).text()),
    );
    expect(texts.filter((text) => text.includes('half'))).toHaveLength(1);
    expect(texts.filter((text) => text.includes('answer 2') && text.includes('[DONE]'))).toHaveLength(together - 1);
    expect(requests).toHaveLength(2);
  });

  it('asks for each if the answer is not stored, since then each may have another one', async () => {
    const { requests } = counting(async (n) => {
      await scheduler.wait(30);
      return whole(`answer ${n}`, { finish_reason: 'length' });
    });
    const cached = asker();
    const all = await Promise.all(Array.from({ length: together }, async () => (await cached(chat())).text()));
    expect(new Set(all).size).toBe(together);
    expect(requests).toHaveLength(together);
  });

  it('does not wait for a request that is gone without a word', async () => {
    counting();
    const cached = asker();
    await cached(chat());
    resetIsolate('answers');
    vi.spyOn(caches.default, 'match').mockResolvedValue(undefined);
    const flights = stateOf('answer-flights') as Map<string, unknown>;
    // Its beats have stopped with it.
    const gone = { ended: new Promise(() => {}), beatAt: Date.now() - 6_000 };
    vi.spyOn(flights, 'get').mockReturnValue(gone);
    expect(await (await cached(chat())).text()).toContain('answer 2');
  });
});
