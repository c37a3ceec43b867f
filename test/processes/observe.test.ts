import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listen } from '../support/stack.ts';

/** `npm run observe`, as a process of its own. */

const SCRIPT = join(import.meta.dirname, '../../scripts/observe.ts');

async function observe(args: readonly string[], { input = '', env = {} }: { input?: string; env?: object } = {}) {
  const child = spawn(process.execPath, [SCRIPT, ...args], { env: { ...process.env, ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  child.stdin.end(input);
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, output };
}

const LINES = [
  { request_id: 'req_1', caller: 'key:app', error: 'upstream_unreachable', failed_hosts: 'openai' },
  { request_id: 'req_2', caller: 'key:app', failed_hosts: 'openai' },
  { request_id: 'req_3', caller: 'operator', failed_hosts: 'openai' },
].map((line) => JSON.stringify(line));

describe('npm run observe', () => {
  it('reads lines among others, and those of wrangler tail', async () => {
    const tail = JSON.stringify({ logs: [{ message: [LINES[2]] }] });
    const input = `Ready on http://127.0.0.1:8787\n${LINES[0]}\n{"webhook":"x"}\n${LINES[1]}\n${tail}\n`;
    const { status, output } = await observe(['hosts', '--file', '-'], { input });
    expect(output).toBe(
      'failed_hosts  error                 requests\nopenai        -                     2\nopenai        upstream_unreachable  1\n',
    );
    expect(status).toBe(0);
  });

  it('says which questions there are, and what one needs', async () => {
    expect((await observe([])).output).toContain('Which host is down?');
    expect(await observe(['who'])).toMatchObject({ status: 1, output: expect.stringContaining('no question `who`') });
    expect(await observe(['why', '--file', '-'])).toMatchObject({ status: 1, output: '`why` needs --request.\n' });
    expect((await observe(['costs', '--hours', 'x', '--file', '-'])).output).toContain('--hours must be');
    const unset = { env: { CLOUDFLARE_ACCOUNT_ID: '', CLOUDFLARE_API_TOKEN: '' } };
    expect((await observe(['costs'], unset)).output).toContain('Set CLOUDFLARE_ACCOUNT_ID');
  });

  it('asks the deployed Worker, and says what Cloudflare says', async () => {
    const asked: { url: string; token: string; body: Record<string, unknown> }[] = [];
    const api = await listen(
      createServer(async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk);
        const body = JSON.parse(Buffer.concat(chunks).toString());
        asked.push({ url: request.url ?? '', token: request.headers.authorization ?? '', body });
        if (body.view === 'events') {
          response.writeHead(403).end('{"errors": [{"message": "The token lacks a permission."}]}');
          return;
        }
        const groups = [{ key: 'caller', value: 'key:app' }];
        const aggregates = (value: number) => [{ value, count: 3, interval: 1, sampleInterval: 1, groups }];
        const calculations = [
          { alias: 'usd', calculation: 'sum', series: [], aggregates: aggregates(0.25) },
          { alias: 'requests', calculation: 'count', series: [], aggregates: aggregates(3) },
        ];
        response.end(JSON.stringify({ success: true, result: { calculations } }));
      }),
    );
    const env = { CLOUDFLARE_ACCOUNT_ID: 'abc', CLOUDFLARE_API_TOKEN: 'secret', CLOUDFLARE_API_BASE_URL: api.url };
    const costs = await observe(['costs', '--hours', '2'], { env });
    const why = await observe(['why', '--request', 'req_1'], { env });
    await api.stop();
    expect(costs).toEqual({ status: 0, output: 'caller   usd   requests\nkey:app  0.25  3\n' });
    expect(why).toEqual({ status: 1, output: 'Cloudflare answered with 403: The token lacks a permission.\n' });
    expect(asked[0]).toMatchObject({
      url: '/accounts/abc/workers/observability/telemetry/query',
      token: 'Bearer secret',
      body: { view: 'calculations', parameters: { datasets: ['cloudflare-workers'] } },
    });
    const [{ body }] = asked as [(typeof asked)[number]];
    const { from, to } = body.timeframe as { from: number; to: number };
    expect(to - from).toBe(2 * 3_600_000);
    expect(asked[1]?.body.parameters).toMatchObject({
      filters: [
        { key: '$metadata.service', value: 'cedalion' },
        { key: 'request_id', value: 'req_1' },
      ],
    });
  });
});
