import { afterEach, describe, expect, it, vi } from 'vitest';
import { resetIsolate } from '../../../src/base/isolate-state.ts';
import { asker, cachingEnv, counting, statusOf, streamed, whole } from '../../support/cache.ts';
import { bearer, createKey } from '../../support/keys.ts';
import { randomFrom } from '../../support/random.ts';
import { times } from '../../support/soak.ts';
import { ask } from '../../support/worker.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** What a correct cache may answer: for each request, what the host has said to it, and when. */
class Model {
  readonly #said = new Map<string, { content: string; at: number }[]>();

  hostSays(request: string, content: string, at: number): void {
    const said = this.#said.get(request) ?? [];
    said.push({ content, at });
    this.#said.set(request, said);
  }

  /** Everything that was said of an account is forgotten. */
  forget(account: string): void {
    for (const request of this.#said.keys()) if (request.startsWith(`${account} `)) this.#said.delete(request);
  }

  /** Whether an answer from the cache is one that the host has given to the same request, and not too old. */
  allows(request: string, content: string, now: number, seconds: number): boolean {
    return (this.#said.get(request) ?? []).some((one) => one.content === content && now - one.at < seconds * 1000);
  }
}

describe('random requests to the cache', () => {
  it('never get the answer of another request, of another caller, one too old, or a deleted one', async () => {
    const random = randomFrom(2_412);
    const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
    let now = Date.now();
    vi.spyOn(Date, 'now').mockImplementation(() => now);
    let asks = 0;
    let isStream = false;
    const host = counting(() => {
      asks++;
      return isStream ? streamed(`answer ${asks}`) : whole(`answer ${asks}`);
    });
    const env = cachingEnv({ TOKEN_SECRETS: `test:${'s'.repeat(32)}` });
    const cached = asker(env);
    const keys = [await createKey({ id: 'one' }), await createKey({ id: 'two' })];
    const callers: (readonly [account: string, name: string, credential: string])[] = [];
    for (const [i, key] of keys.entries()) {
      const account = ['one', 'two'][i] as string;
      callers.push([account, account, key]);
    }
    const model = new Model();
    let hits = 0;
    for (let i = 0; i < times(120, 10_000); i++) {
      const [account, caller, credential] = pick(callers);
      const step = random();
      // Time passes, isolates end, and callers delete.
      now += Math.floor(random() * 3_000);
      if (step < 0.03) resetIsolate('answers');
      if (step > 0.99) {
        await ask('/v1/cache', { method: 'DELETE', env, headers: bearer(credential) });
        model.forget(account);
      }
      isStream = random() < 0.3;
      const seconds = pick([5, 60, 300]);
      const fields = {
        model: 'tiny-text',
        messages: [{ role: 'user', content: pick(['a', 'b', 'é', 'e\u0301']) }],
        ...(isStream && { stream: true }),
        ...pick([{}, { seed: 1 }, { seed: 2 }, { extra: { x: [1] } }, { extra: { x: [2] } }, { extra: null }]),
      };
      const body = random() < 0.5 ? fields : Object.fromEntries(Object.entries(fields).toReversed());
      const request = `${account} ${caller} ${JSON.stringify(Object.entries(fields))}`;
      const before = asks;
      const mode = pick(['', '', '', 'no-cache', 'no-store', 'only-if-cached']);
      const answer = await cached(body, {
        ...bearer(credential),
        'x-cedalion-cache': `${seconds}`,
        ...(mode !== '' && { 'cache-control': mode }),
      });
      const text = await answer.text();
      if (answer.status === 504) {
        expect([mode, asks]).toEqual(['only-if-cached', before]);
        continue;
      }
      const content = /answer \d+/.exec(text)?.[0] ?? text;
      if (/; hit;/.test(statusOf(answer) ?? '')) {
        hits++;
        expect(asks).toBe(before);
        expect([i, model.allows(request, content, now, seconds)]).toEqual([i, true]);
        expect(['no-cache', 'no-store']).not.toContain(mode);
        expect(text.startsWith('data:')).toBe(isStream);
      } else {
        expect([content, asks]).toEqual([`answer ${before + 1}`, before + 1]);
        if (mode !== 'no-store') model.hostSays(request, content, now);
      }
    }
    // Otherwise nothing was tried.
    expect(hits).toBeGreaterThan(10);
    expect(host.requests.length).toBe(asks);
  }, 600_000);
});
