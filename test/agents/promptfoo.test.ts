import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Gateway, LOCAL_KEY } from '../support/gateway.ts';
import { startStack } from '../support/stack.ts';
import { PROMPTFOO, run } from './programs.ts';

/** promptfoo evaluates prompts at chat, responses and embeddings, with the tiny models. */

let stack: Gateway;
let folder: string;
beforeAll(async () => {
  stack = await startStack();
  folder = await mkdtemp(join(tmpdir(), 'promptfoo-'));
});
afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

test('promptfoo eval passes at chat and at responses, and compares by embeddings', async () => {
  const config = { apiBaseUrl: `${stack.url}/v1`, apiKey: LOCAL_KEY, temperature: 0 };
  const suite = {
    prompts: ['Translate to French: {{word}}'],
    providers: [
      { id: 'openai:chat:text', config },
      { id: 'openai:responses:text', config },
    ],
    defaultTest: { options: { provider: { embedding: { id: 'openai:embedding:embed', config } } } },
    tests: [
      {
        vars: { word: 'house' },
        assert: [
          { type: 'equals', value: 'maison' },
          { type: 'similar', value: 'maison', threshold: 0.9 },
        ],
      },
    ],
  };
  await writeFile(join(folder, 'promptfooconfig.json'), JSON.stringify(suite));
  const args = [
    'eval',
    '--config',
    'promptfooconfig.json',
    '--no-cache',
    '--output',
    'results.json',
    '--no-progress-bar',
  ];
  const env = {
    ...{ PROMPTFOO_CONFIG_DIR: folder, PROMPTFOO_DISABLE_TELEMETRY: '1', PROMPTFOO_DISABLE_UPDATE: '1' },
    ...{ PROMPTFOO_DISABLE_REMOTE_GENERATION: '1', PROMPTFOO_SELF_HOSTED: '1' },
  };
  const { output } = await run(PROMPTFOO, 'promptfoo', args, { cwd: folder, env });
  const text = await readFile(join(folder, 'results.json'), 'utf8').catch(() => '{}');
  const { results } = JSON.parse(text) as { results?: { stats: { successes: number; failures: number } } };
  expect(results?.stats, output).toMatchObject({ successes: 2, failures: 0 });
});
