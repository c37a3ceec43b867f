import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CuttingProxy, startCuttingProxy } from '../support/cutting-proxy.ts';
import { LOCAL_KEY } from '../support/gateway.ts';
import { snippetWith } from '../support/snippets.ts';
import { isSoak } from '../support/soak.ts';
import { type RunsWorker, startRunsWorker } from './worker.ts';

/** The client that docs/apps.md tells apps to use, as it stands there, on connections that are cut. */

interface Client {
  chat(body: object, action?: string): AsyncGenerator<string>;
}
type Secret = { value: string; expires_at: number };

const EVENTS = 6;
const body = { model: `openai/events-${EVENTS}-1`, messages: [{ role: 'user', content: 'hi' }] };
const WHOLE = Array.from({ length: EVENTS - 1 }, (_, i) => `w${i} `).join('');

let worker: RunsWorker;
let proxy: CuttingProxy;
let folder: string;
let Cedalion: new (base: string, fetchToken: () => Promise<Secret>) => Client;
beforeAll(async () => {
  // Cut at every byte, each time in a run of its own.
  worker = await startRunsWorker({ TOKEN_SECRETS: `first:${'x'.repeat(32)}`, RUNS_PER_CALLER: '9999' });
  proxy = await startCuttingProxy(worker.port);
  folder = await mkdtemp(join(tmpdir(), 'cedalion-snippet-'));
  const file = join(folder, 'cedalion.ts');
  await writeFile(file, snippetWith('docs/apps.md', 'ts', /class Cedalion /));
  ({ Cedalion } = await import(/* @vite-ignore */ pathToFileURL(file).href));
});
afterAll(async () => {
  await proxy?.stop();
  await worker?.stop();
  await rm(folder, { recursive: true });
});

const forever = async () => ({ value: LOCAL_KEY, expires_at: 1e10 });

async function textOf(client: Client, request: object = body, action?: string): Promise<string> {
  let text = '';
  for await (const part of client.chat(request, action)) text += part;
  return text;
}

/** The bytes of an answer, headers included. Another one can have some more or less: times are in it. */
async function lengthOfAnswer(): Promise<number> {
  const client = new Cedalion(`${proxy.address('whole', Number.MAX_SAFE_INTEGER)}/v1`, forever);
  expect(await textOf(client)).toBe(WHOLE);
  return proxy.longest('whole');
}

describe('a client of docs/apps.md', () => {
  it('gets the same text for one call to the host, wherever its connection is cut', async () => {
    const length = await lengthOfAnswer();
    const cuts = Array.from({ length }, (_, at) => at).filter((at) => isSoak || at % 61 === 0);
    const calls = worker.host.calls.length;
    let wasCut = 0;
    for (let i = 0; i < cuts.length; i += 100) {
      await Promise.all(
        cuts.slice(i, i + 100).map(async (at) => {
          const id = `at-${at}`;
          const client = new Cedalion(`${proxy.address(id, at)}/v1`, forever);
          expect(await textOf(client), `cut at ${at}`).toBe(WHOLE);
          wasCut += proxy.cuts(id);
        }),
      );
    }
    expect(worker.host.calls.length - calls).toBe(cuts.length);
    expect(wasCut).toBeGreaterThan(cuts.length * 0.9);
  }, 600_000);

  it('gets the whole text also if the connection is lost again and again', async () => {
    const calls = worker.host.calls.length;
    const client = new Cedalion(`${proxy.address('again', 1_300, 5)}/v1`, forever);
    expect(await textOf(client, { ...body, model: 'openai/events-40-1' })).toContain('w38 ');
    expect(proxy.cuts('again')).toBe(5);
    expect(worker.host.calls.length - calls).toBe(1);
  });

  it('gets the answer of an action that another client has begun', async () => {
    const calls = worker.host.calls.length;
    const action = crypto.randomUUID();
    for (let i = 0; i < 2; i++) {
      const client = new Cedalion(`http://127.0.0.1:${worker.port}/v1`, forever);
      expect(await textOf(client, body, action)).toBe(WHOLE);
    }
    expect(worker.host.calls.length - calls).toBe(1);
  });

  it('renews a token that has expired or is refused, once', async () => {
    const tokens = ['sk-refused', LOCAL_KEY];
    let asked = 0;
    const renew = async () => ({ value: tokens[asked++] ?? 'sk-refused', expires_at: 1e10 });
    expect(await textOf(new Cedalion(`http://127.0.0.1:${worker.port}/v1`, renew))).toBe(WHOLE);
    expect(asked).toBe(2);
    asked = 5;
    const refused = textOf(new Cedalion(`http://127.0.0.1:${worker.port}/v1`, renew));
    await expect(refused).rejects.toMatchObject({ code: 'invalid_api_key' });
    expect(asked).toBe(7);
  });

  it('waits as long as a limit says, and tells what a budget refuses', async () => {
    const token = async (limits: object) => {
      const answer = await fetch(`http://127.0.0.1:${worker.port}/v1/client_secrets`, {
        method: 'POST',
        headers: { authorization: `Bearer ${LOCAL_KEY}`, 'content-type': 'application/json' },
        body: JSON.stringify({ subject: JSON.stringify(limits), limits }),
      });
      return (await answer.json()) as Secret;
    };
    const client = (limits: object) => new Cedalion(`http://127.0.0.1:${worker.port}/v1`, () => token(limits));
    const long = { ...body, model: 'openai/events-3-300' };
    const one = client({ concurrent_requests: 1 });
    expect(await Promise.all([textOf(one, long), textOf(one, long)])).toEqual(['w0 w1 ', 'w0 w1 ']);
    await expect(textOf(client({ usd_per_day: 0 }))).rejects.toMatchObject({ code: 'insufficient_quota' });
  });

  it('takes the failure of a host for no lost connection', async () => {
    const calls = worker.host.calls.length;
    const client = new Cedalion(`http://127.0.0.1:${worker.port}/v1`, forever);
    const cut = textOf(client, { ...body, model: 'openai/cut-4' });
    await expect(cut).rejects.toMatchObject({ code: 'upstream_stream_cut' });
    expect(worker.host.calls.length - calls).toBe(1);
  });
});
