import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { deploy } from '../../scripts/deploy.ts';
import type { Outcome } from '../../scripts/wrangler.ts';
import { bundle, LOCAL_KEY } from '../support/gateway.ts';
import { isSoak } from '../support/soak.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/**
 * 158.3 on 2026-12-01. Anthropic's messages, counted tokens and names of models are 5.9 of them, and 22 came
 * with what real hosts, pictures and clients needed: failures in answers with status 200, other ways to send
 * a request, formats of pictures, blamed inputs, tools of today's clients, checked amounts. The cache of
 * answers added 7: names, stores, one request for many, what is stored. Marks in pictures added 2,
 * moderations 3. The rest is smaller, such as what hosts cite in messages.
 */
const MAX_KIB = 159;

describe('npm run deploy', () => {
  it.runIf(isSoak)('works without an account with --dry-run', async () => {
    const { stdout } = await promisify(execFile)('npm', ['run', 'deploy', '--', '--dry-run'], { cwd: ROOT });
    expect(stdout).toContain('env.EMBEDDINGS');
    expect(stdout).toContain('--dry-run: exiting now.');
  });

  it(`deploys at most ${MAX_KIB} KiB gzip, without the origin’s address`, async () => {
    const folder = await bundle();
    const code = await readFile(join(folder, 'worker.js'), 'utf8');
    await rm(folder, { recursive: true });
    const config = await readFile(join(ROOT, 'wrangler.toml'), 'utf8');
    const kib = gzipSync(code, { level: 9 }).byteLength / 1024;
    console.info(`bundle: ${kib.toFixed(1)} KiB gzip`);
    expect(kib).toBeLessThanOrEqual(MAX_KIB);
    // The code names the local key to refuse it.
    expect(config).not.toContain(LOCAL_KEY);
    for (const text of [code, config]) {
      expect(text).not.toMatch(/127\.0\.0\.1:8788|localhost:8788/);
    }
    expect(config).not.toContain('INFERENCE_URL');
  });

  const scripted = (answers: Record<string, Outcome>) => {
    const calls: { args: string; input: string | undefined }[] = [];
    const said: string[] = [];
    return {
      calls,
      said,
      wrangler: async (args: readonly string[], { input }: { input?: string } = {}) => {
        calls.push({ args: args.join(' '), input });
        return answers[args.slice(0, 2).join(' ')] ?? answers[args[0] ?? ''] ?? { code: 0, output: '' };
      },
      say: (text: string) => said.push(text),
    };
  };
  const deployed = { code: 0, output: 'Deployed cedalion\n  https://cedalion.someone.workers.dev\n' };

  it('says how to log in if there is no account, and deploys nothing', async () => {
    const { calls, said, wrangler, say } = scripted({ whoami: { code: 0, output: 'You are not authenticated.' } });
    expect(await deploy([], wrangler, say)).toBe(1);
    expect(said.join()).toContain('wrangler login');
    expect(calls.map(({ args }) => args)).toEqual(['whoami']);
  });

  it('creates a first key if there is none, and prints the address and a curl command', async () => {
    const { calls, said, wrangler, say } = scripted({ deploy: deployed, 'secret list': { code: 0, output: '[]' } });
    expect(await deploy([], wrangler, say)).toBe(0);
    const put = calls.find(({ args }) => args === 'secret put API_KEYS');
    expect(put?.input).toMatch(/^sk-[\w-]{32}$/);
    expect(said.join('\n')).toContain(
      `curl https://cedalion.someone.workers.dev/v1/models -H "Authorization: Bearer ${put?.input}"`,
    );
    expect(said.join('\n')).toContain('HF_TOKEN');
  });

  it('creates the secret of the cache of answers if there is none, and does not print it', async () => {
    const secrets = { code: 0, output: '[{"name":"API_KEYS"},{"name":"HF_TOKEN"}]' };
    const { calls, said, wrangler, say } = scripted({ deploy: deployed, 'secret list': secrets });
    expect(await deploy([], wrangler, say)).toBe(0);
    const put = calls.find(({ args }) => args === 'secret put CACHE_SECRET');
    expect(put?.input).toMatch(/^[\w-]{43}$/);
    expect(said.join('\n')).not.toContain(put?.input);
  });

  it('does not change an existing key', async () => {
    const secrets = { code: 0, output: '[{"name":"API_KEYS"},{"name":"CACHE_SECRET"},{"name":"HF_TOKEN"}]' };
    const { calls, wrangler, say } = scripted({ deploy: deployed, 'secret list': secrets });
    expect(await deploy([], wrangler, say)).toBe(0);
    expect(calls.some(({ args }) => args.startsWith('secret put'))).toBe(false);
  });

  it.each([
    ['--name', 'second'],
    ['--name=second'],
    ['--env', 'staging'],
    ['-e', 'staging'],
    ['--config', 'other.toml'],
  ])('reads and writes the secrets of the Worker that %s names', async (...flags) => {
    const { calls, wrangler, say } = scripted({ deploy: deployed, 'secret list': { code: 0, output: '[]' } });
    expect(await deploy([...flags, '--minify'], wrangler, say)).toBe(0);
    const where = flags.join(' ');
    expect(calls.map(({ args }) => args)).toEqual([
      'whoami',
      `deploy ${where} --minify`,
      `secret list --format json ${where}`,
      `secret put API_KEYS ${where}`,
      `secret put CACHE_SECRET ${where}`,
    ]);
  });

  it('says that it does not know whether there is a key if the secrets cannot be listed', async () => {
    const { said, wrangler, say } = scripted({ deploy: deployed, 'secret list': { code: 1, output: 'no permission' } });
    expect(await deploy([], wrangler, say)).toBe(0);
    expect(said.join('\n')).toContain('npx wrangler secret put API_KEYS');
    expect(said.join('\n')).toContain('no permission');
  });

  it('exits with wrangler’s status if wrangler fails', async () => {
    const { wrangler, say } = scripted({ deploy: { code: 3, output: 'no' } });
    expect(await deploy([], wrangler, say)).toBe(3);
  });
});
