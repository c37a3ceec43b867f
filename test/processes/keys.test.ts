import { describe, expect, it } from 'vitest';
import { keys } from '../../scripts/keys.ts';
import type { Wrangler } from '../../scripts/wrangler.ts';

/** `npm run keys` over a store in memory. start.test.ts runs it against the Worker. */

const NOW = Date.parse('2026-11-24T12:00:00Z');
const DAY = 86_400;

function store() {
  const values = new Map<string, string>();
  const calls: string[][] = [];
  const wrangler: Wrangler = async (args) => {
    calls.push([...args]);
    const [, , verb, name = '', value = ''] = args;
    if (verb === 'put') values.set(name, value);
    if (verb === 'delete') values.delete(name);
    const output =
      verb === 'list' ? JSON.stringify([...values.keys()].map((key) => ({ name: key }))) : (values.get(name) ?? '');
    return { code: 0, output };
  };
  const said: string[] = [];
  const run = (line: string) => keys(line.split(' ').filter(Boolean), wrangler, (text) => said.push(text), NOW);
  const records = () => [...values.values()].map((value) => JSON.parse(value) as Record<string, unknown>);
  return { values, calls, said, run, records, wrangler };
}

const keyIn = (text = '') => /ced_[\w-]{43}/.exec(text)?.[0];

describe('npm run keys', () => {
  it('creates a key with scopes, models, limits and an end, shows it once, and stores its digest only', async () => {
    const { run, said, values, records, calls } = store();
    const line =
      'create --name ios-app --scopes text,images --models text,image --per-minute 60 --usd-per-day 2.5 --expires 90d';
    expect(await run(line)).toBe(0);
    const key = keyIn(said[0]) ?? '';
    expect(key).not.toBe('');
    expect(records()).toEqual([
      {
        id: expect.stringMatching(/^ios-app-[0-9a-f]{6}$/),
        name: 'ios-app',
        scopes: ['text', 'images'],
        models: ['text', 'image'],
        limits: { requests_per_minute: 60, usd_per_day: 2.5 },
        created_at: NOW / 1000,
        expires_at: NOW / 1000 + 90 * DAY,
      },
    ]);
    expect([...values.keys()][0]).toMatch(/^key:v1:[\w-]{43}$/);
    expect(JSON.stringify(calls)).not.toContain(key);
    expect(calls[0]).toContain('--local');
  });

  it('keeps the vectors of a key apart if that is asked for, and shows it', async () => {
    const { run, said, records } = store();
    await run('create --name apart --vector-cache private');
    await run('create --name usual --vector-cache shared');
    expect(records().map(({ vector_cache }) => vector_cache)).toEqual(['private', undefined]);
    await run('list');
    expect(said.at(-1)).toMatch(/^apart-\w+ .* private /m);
    expect(await run('create --name wrong --vector-cache secret')).toBe(1);
  });

  it('caches the answers of a key if that is asked for, and shows it', async () => {
    const { run, said, records } = store();
    await run('create --name cached --cache 300');
    await run('create --name usual');
    expect(records().map(({ cache_seconds }) => cache_seconds)).toEqual([300, undefined]);
    await run('list');
    expect(said.at(-1)).toMatch(/^cached-\w+ .* 300 s /m);
    for (const seconds of ['0', '86401', '1.5', 'yes'])
      expect(await run(`create --name no --cache ${seconds}`)).toBe(1);
  });

  it('resets the limits of a key by another name for what counts, in all records of the key', async () => {
    const { run, said, records } = store();
    await run('create --name app --usd-per-day 5');
    const id = String(records()[0]?.id);
    await run(`rotate ${id}`);
    expect(await run(`reset-limits ${id}`)).toBe(0);
    expect(records().map(({ limits_reset_at }) => limits_reset_at)).toEqual([NOW / 1000, NOW / 1000]);
    expect(said.at(-1)).toContain('within 60 s');
    expect(await run('reset-limits nobody')).toBe(1);
    expect(await run('reset-limits')).toBe(1);
  });

  it('lists keys as a table, without anything secret', async () => {
    const { run, said } = store();
    await run('list');
    expect(said.at(-1)).toContain('There are no keys');
    await run('create --name one --expires 2027-01-31');
    await run('create --name two --scopes text');
    await run('list');
    const table = said.at(-1) ?? '';
    expect(table.split('\n')).toHaveLength(3);
    expect(table).toContain('2027-01-31');
    expect(table).toContain('never');
    expect(keyIn(table)).toBeUndefined();
  });

  it.each([
    ['locally', { code: 0, output: 'Value not found\n' }],
    [
      'in a deployment',
      { code: 1, output: 'Failed to fetch https://api.cloudflare.com/values/key%3Av1 - 404: Not Found' },
    ],
  ])('ignores a revoked key that the namespace still lists, %s', async (_, missing) => {
    const { run, said, values, wrangler } = store();
    await run('create --name one');
    values.set('key:v1:revoked', '');
    const late: Wrangler = async (args) =>
      args[2] === 'get' && args[3] === 'key:v1:revoked' ? missing : wrangler(args);
    expect(await keys(['list'], late, (text) => said.push(text), NOW)).toBe(0);
    expect(said.at(-1)?.split('\n')).toHaveLength(2);
  });

  it('revokes by id, in a deployment with --remote', async () => {
    const { run, said, records, calls } = store();
    await run('create --name one');
    const id = records()[0]?.id;
    expect(await run(`revoke ${id} --remote`)).toBe(0);
    expect(records()).toEqual([]);
    expect(said.at(-1)).toContain('60 s');
    expect(calls.at(-1)).toContain('--remote');
  });

  it('rotates: a second key with the same id, and an end for the first', async () => {
    const { run, said, records } = store();
    await run('create --name one --scopes text');
    const [first] = records();
    expect(await run(`rotate ${first?.id} --grace 2h`)).toBe(0);
    expect(keyIn(said.at(-1))).toBeDefined();
    expect(keyIn(said.at(-1))).not.toBe(keyIn(said[0]));
    expect(records()).toEqual([
      { ...first, expires_at: NOW / 1000 + 7_200 },
      { ...first, created_at: NOW / 1000 },
    ]);
  });

  it('rotates a key that expires before the grace period ends, and says when both end', async () => {
    const { run, said, records } = store();
    await run('create --name one --expires 1h');
    expect(await run(`rotate ${records()[0]?.id}`)).toBe(0);
    expect(said.at(-1)).toContain('works until 2026-11-24T13:00:00.000Z');
    expect(said.at(-1)).toContain('The new one expires 2026-11-24T13:00:00.000Z');
    expect(said.at(-1)).not.toContain('2026-11-25');
  });

  it('does not rotate a key that has expired', async () => {
    const { run, said, values, records } = store();
    await run('create --name one --expires 1h');
    const [name = ''] = values.keys();
    values.set(name, JSON.stringify({ ...records()[0], expires_at: NOW / 1000 }));
    expect(await run(`rotate ${records()[0]?.id}`)).toBe(1);
    expect(said.at(-1)).toContain('has expired. Create another one');
    expect(values.size).toBe(1);
  });

  it.each([
    ['create', '--name'],
    ['create --name a/b', '--name'],
    ['create --name a --scopes text,video', 'video'],
    ['create --name a --scopes text,', 'commas'],
    ['create --name a --per-minute many', '--per-minute'],
    ['create --name a --usd-per-day -1', '--usd-per-day'],
    ['create --name a --models text,txet', 'There is no model txet'],
    ['create --name a --expires tomorrow', '--expires must be a day such as 2027-01-31, or a time such as'],
    ['create --name a --expires 2020-01-01', 'future'],
    ['create --name a --expires 2027-02-31', 'There is no day 2027-02-31'],
    ['create --name a --expires 2027-13-01', 'There is no day 2027-13-01'],
    ['create --name my app', 'app is not expected'],
    ['list ios', 'ios is not expected'],
    ['create --nam a', '--nam'],
    ['revoke', 'id'],
    ['revoke nobody', 'nobody'],
    ['rotate nobody', 'nobody'],
    ['rotate x --grace soon', '--grace'],
    ['remove x', 'remove'],
  ])('%s fails and says why', async (line, text) => {
    const { run, said, values } = store();
    expect(await run(line)).toBe(1);
    expect(said.join('\n')).toContain(text);
    expect(values.size).toBe(0);
  });

  it.each(['', '--help', 'create -h'])('%s shows the help', async (line) => {
    const { run, said } = store();
    expect(await run(line)).toBe(0);
    expect(said[0]).toContain('npm run keys -- create');
  });
});

it('says in one sentence that nobody is logged in to Cloudflare', async () => {
  const said: string[] = [];
  const wrangler: Wrangler = async () => ({
    code: 1,
    output:
      "✘ [ERROR] In a non-interactive environment, it's necessary to set a CLOUDFLARE_API_TOKEN environment variable for wrangler to work.",
  });
  expect(await keys(['list', '--remote'], wrangler, (text) => said.push(text), NOW)).toBe(1);
  expect(said).toEqual(['You are not logged in to Cloudflare. Run: npx wrangler login']);
});
