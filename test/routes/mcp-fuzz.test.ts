import { expect, it, vi } from 'vitest';
import { ClipHost } from '../support/clip-host.ts';
import { pngOf } from '../support/pictures.ts';
import { randomFrom } from '../support/random.ts';
import { times } from '../support/soak.ts';
import { ask, environment, ORIGIN, serve } from '../support/worker.ts';

/**
 * Invalid messages, derived from valid ones with a fixed seed: each gets an answer of JSON-RPC, and none is
 * an error of the Worker.
 */

const MESSAGES = times(500, 2_000);

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
  progressToken: 1,
};
const call = (name: string, args: object) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name, arguments: args, _meta: { progressToken: 1 } },
});
const GOOD: readonly object[] = [
  { jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {} } },
  { jsonrpc: '2.0', method: 'notifications/initialized' },
  { jsonrpc: '2.0', id: 'a', method: 'tools/list', params: { _meta: META } },
  call('chat', { prompt: 'x', system: 'y', model: 'text', max_tokens: 3, temperature: 0 }),
  call('similarity', { query: 'a', documents: ['b', { image: 'AAAA' }], top_n: 1 }),
  call('classify', { input: { image: 'AAAA' }, labels: ['a', 'b'], top_k: 1, multi_label: true }),
  call('embed', { input: ['a'], dimensions: 96 }),
  call('generate_image', { prompt: 'x', size: '64x64', seed: 1 }),
  call('list_models', {}),
  [call('chat', { prompt: 'x' }), { jsonrpc: '2.0', id: 2, method: 'ping' }],
];
const BAD: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 1e308, 2 ** 60, '', ' ', '\u0000', '💥', '__proto__', 'constructor', 'x'.repeat(5_000)],
  ...[[], {}, [[[]]], [null], { a: 1 }, { toString: 1 }, { image: 7 }, { jsonrpc: '2.0' }, 'tools/call', '2.0'],
];
const HEADERS: readonly Record<string, string>[] = [
  {},
  {},
  { accept: 'text/event-stream' },
  { accept: 'text/html' },
  { 'mcp-protocol-version': '2026-07-28' },
  { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' },
  { 'mcp-protocol-version': '2025-06-18' },
  { 'mcp-protocol-version': 'x' },
  { 'mcp-name': '=?base64?////?=', 'mcp-method': '' },
  { 'mcp-session-id': 'x', 'last-event-id': 'y' },
];

const FRAME = 'event: message\ndata: ';

it(`answers ${MESSAGES} invalid messages`, async () => {
  vi.spyOn(console, 'log').mockImplementation(() => {});
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const choices = [{ index: 0, message: { role: 'assistant', content: 'x' }, finish_reason: 'stop' }];
  serve({
    [`${ORIGIN}/v1/`]: () => Response.json({ choices }),
    [`${ORIGIN}/embeddings`]: new ClipHost().answer,
    [`${ORIGIN}/models/`]: () => new Response(pngOf(64, 64), { headers: { 'content-type': 'image/png' } }),
  });
  const env = environment();
  const random = randomFrom(7);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const seen = new Map<number, number>();
  for (let i = 0; i < MESSAGES; i++) {
    const text = JSON.stringify(mutated(pick(GOOD), pick, random));
    const body = random() < 0.1 ? text.slice(0, Math.floor(random() * text.length)) : text;
    const headers = { 'content-type': 'application/json', accept: 'application/json', ...pick(HEADERS) };
    const answer = await ask('/mcp', { body, headers, env });
    const got = await answer.text();
    const problem = check(answer.status, got);
    if (problem) expect.unreachable(`${problem}: ${JSON.stringify(headers)} ${body} -> ${answer.status} ${got}`);
    seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
  }
  expect([...seen.keys()].sort()).toEqual([200, 202, 400]);
  for (const count of seen.values()) expect(count).toBeGreaterThan(MESSAGES / 50);
}, 30_000);

/** Replaces or removes something anywhere in a value, or adds something to it. */
function mutated(value: unknown, pick: <T>(list: readonly T[]) => T, random: () => number): unknown {
  if (typeof value !== 'object' || value === null || random() < 0.15) return pick(BAD);
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...value };
  const fields = copy as Record<string, unknown>;
  const keys = Object.keys(fields);
  const key = keys.length === 0 || random() < 0.1 ? pick(['extra', '__proto__', 'id', 'result']) : pick(keys);
  if (random() < 0.1) delete fields[key];
  else Object.defineProperty(fields, key, { value: mutated(fields[key], pick, random), enumerable: true });
  return copy;
}

/** @returns what is wrong with an answer, or nothing */
function check(status: number, text: string): string | undefined {
  if (status === 202) return text === '' ? undefined : 'a body';
  const json = text.startsWith(FRAME) ? text.split('\n\n').at(-2)?.slice(FRAME.length) : text;
  const answers = [JSON.parse(json ?? '')].flat();
  for (const answer of answers) {
    if (answer.jsonrpc !== '2.0' || (answer.result === undefined) === (answer.error === undefined))
      return 'no JSON-RPC';
    if (JSON.stringify(answer).includes('internal_error')) return 'an error of the Worker';
  }
  return undefined;
}
