import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  hasLocalKey,
  localSettings,
  readHost,
  repeatedSettings,
  unknownSettings,
} from '../../scripts/local-settings.ts';
import { readableLine } from '../../scripts/readable-line.ts';

/** What `npm start` reads, without starting anything. */

let folder: string;
let devVars: string;
let state: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cedalion-settings-'));
  devVars = join(folder, '.dev.vars');
  state = join(folder, 'state');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('.dev.vars', () => {
  it('says which names it sets more than once, also around values of several lines', () => {
    writeFileSync(
      devVars,
      'PRICES="{\nHF_TOKEN=no setting\n}"\nHF_TOKEN=a\n# HF_TOKEN=b\nexport RUN_HOURS = 1\nRUN_HOURS=2\n',
    );
    expect(repeatedSettings(devVars)).toEqual(['RUN_HOURS']);
  });

  it('says which setting a misspelled name was probably meant to be', () => {
    writeFileSync(devVars, 'HF_TOKN=a\nOPENAI_BASEURL=b\nHOOK_SECRET_GITHUB_ISUE=c\nSOMETHING=d\nRUN_HOURS=1\n');
    expect(unknownSettings(devVars)).toEqual([
      { name: 'HF_TOKN', near: 'HF_TOKEN' },
      { name: 'HOOK_SECRET_GITHUB_ISUE', near: 'HOOK_SECRET_GITHUB_ISSUE' },
      { name: 'OPENAI_BASEURL', near: 'OPENAI_BASE_URL' },
      { name: 'SOMETHING', near: undefined },
    ]);
  });
});

describe('local settings', () => {
  const settings = (host: string, environment = {}) => {
    writeFileSync(devVars, '');
    return localSettings({ environment, devVars, state }, host);
  };

  it('keep the secret that signs tokens from one start to the next, for this user only', () => {
    const { TOKEN_SECRETS } = settings('127.0.0.1');
    expect(TOKEN_SECRETS).toMatch(/^local:[\w-]{43}$/);
    expect(settings('0.0.0.0').TOKEN_SECRETS).toBe(TOKEN_SECRETS);
    expect(statSync(join(state, 'cedalion-token-secret')).mode & 0o777).toBe(0o600);
  });

  it('have the local key only where no other machine reaches the Worker', () => {
    expect(settings('127.0.0.1')).toMatchObject({ API_KEYS: 'sk-local', WEBHOOK_LOOPBACK: 'true' });
    const open = settings('0.0.0.0');
    expect(open.API_KEYS).toMatch(/^local_[\w-]{43}$/);
    expect(open.WEBHOOK_LOOPBACK).toBeUndefined();
    expect(settings('0.0.0.0').API_KEYS).toBe(open.API_KEYS);
    expect(hasLocalKey(open)).toBe(false);
    expect(hasLocalKey(settings('0.0.0.0', { API_KEYS: 'a, sk-local' }))).toBe(true);
  });

  it('take addresses for HOST, and nothing for the name of a machine, which some shells have there', () => {
    expect([undefined, '', 'localhost', '0.0.0.0', '::', 'my-laptop'].map(readHost)).toEqual([
      ...['127.0.0.1', '127.0.0.1', '127.0.0.1', '0.0.0.0', '::', undefined],
    ]);
  });
});

describe('a line of npm start', () => {
  it('has the time, the request id, the caller, attempts and what failed', () => {
    const line = {
      ...{ level: 'info', request_id: 'req_1', caller: 'key:a/b', method: 'POST', route: '/v1/chat/completions' },
      ...{
        status: 200,
        ms: 12.3,
        target: 'openai/m',
        attempts: 3,
        failed: { 'huggingface/m': 'upstream_unreachable' },
      },
      ...{ tokens: { prompt: 1, completion: 2 }, cost_usd: 0.000009 },
    };
    expect(readableLine('worker', JSON.stringify(line))).toMatch(
      /^\d\d:\d\d:\d\d worker {5}200 POST \/v1\/chat\/completions 12\.3 ms {2}req_1, key:a\/b, openai\/m, 3 attempts, failed: huggingface\/m upstream_unreachable, 1 \+ 2 tokens, 0\.000009 USD$/,
    );
  });
});
