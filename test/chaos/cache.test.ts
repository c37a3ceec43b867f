import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import document from '../../playground/openapi.json' with { type: 'json' };
import { checks } from './cache/checks.ts';
import { FIELDS } from './cache/fields.ts';
import { type CachingGateway, startCachingCedalion } from './cache/gateway.ts';
import { type CountingHost, startCountingHost } from './cache/host.ts';
import { REVOKED_KEY } from './cache/run.ts';

let host: CountingHost;
let gateway: CachingGateway & { stop(): Promise<void> };

beforeAll(async () => {
  host = await startCountingHost(0, REVOKED_KEY);
  gateway = await startCachingCedalion(host.url);
});

afterAll(async () => {
  await gateway?.stop();
  await host?.stop();
});

describe('the checks of caches', () => {
  it('change every field of a chat', () => {
    const { properties } = document.components.schemas.ChatRequest;
    const known = Object.keys(properties).filter((name) => !['model', 'messages', 'stream'].includes(name));
    expect(known).toContain('temperature');
    expect(Object.keys(FIELDS)).toEqual(expect.arrayContaining(known));
  });

  it('pass against Cedalion as it is deployed', async () => {
    const wrong: Record<string, string> = {};
    const queue = checks.values();
    const work = async () => {
      for (const { name, run } of queue) {
        const failure = await run(gateway, host).catch(String);
        if (failure !== undefined) wrong[name] = failure;
      }
    };
    // Most of their time they wait.
    await Promise.all(Array.from({ length: 10 }, work));
    expect(wrong).toEqual({});
  });
});
