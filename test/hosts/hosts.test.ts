import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Origin } from '../support/stack.ts';
import { answersOf, cellsOf, collectedIn, wrongIn } from './check.ts';
import { type OwnGateway, startOwnGateway } from './gateway.ts';
import { startTableHost } from './host.ts';
import { rows } from './rows/all.ts';
import { send } from './surface.ts';
import { NO_HOST, surfaces } from './surfaces.ts';

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}
interface Document {
  readonly paths: Readonly<Record<string, { readonly post?: { readonly requestBody?: RequestBody } }>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}
interface RequestBody {
  readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
}

function takesStream({ paths, components }: Document, path: string): boolean {
  const bodies = Object.values(paths[path]?.post?.requestBody?.content ?? {});
  return bodies.some(({ schema }) => {
    const own = schema.$ref ? components.schemas[schema.$ref.split('/').at(-1) ?? ''] : schema;
    return Object.keys(own?.properties ?? {}).some((name) => /^stream(_format)?$/.test(name));
  });
}

/** The table of host behaviours: each one on each surface that it can reach. */

const cells = cellsOf(rows, surfaces);

let host: Origin;
let gateway: OwnGateway;
/**
 * What is wrong, by the name of the row. Together: most of the time goes to waits before a request is
 * repeated.
 */
let wrong: ReadonlyMap<string, readonly string[]>;
beforeAll(async () => {
  host = await startTableHost(answersOf(rows));
  gateway = await startOwnGateway(host.url, collectedIn(cells));
  wrong = await wrongIn(cells, gateway);
}, 180_000);
afterAll(async () => {
  await gateway?.stop();
  await host?.stop();
});

describe('a host that', () => {
  for (const { does, name } of rows) {
    test(`${does}: it comes out right on every surface`, () => {
      expect(wrong.get(name) ?? []).toEqual([]);
    });
  }
});

describe('the table', () => {
  // What /openapi.json answers.
  const file = new URL('../../playground/openapi.json', import.meta.url);
  const document = JSON.parse(readFileSync(file, 'utf8')) as Document;
  const posts = Object.keys(document.paths).filter((path) => document.paths[path]?.post);

  test('has a surface, or a reason, for each route with POST', () => {
    const known = new Set([...surfaces.flatMap(({ paths }) => paths), ...Object.keys(NO_HOST)]);
    expect([...known].sort()).toEqual(posts.sort());
  });

  test('has a surface with a stream for each route that can stream', () => {
    const streams = surfaces.filter(({ asks, isStream }) => isStream || asks.endsWith('stream'));
    const known = new Set(streams.flatMap(({ paths }) => paths));
    const missing = posts.filter((path) => takesStream(document, path) && !known.has(path) && !(path in NO_HOST));
    expect(missing).toEqual([]);
  });

  test('has a surface for each tool of agents, but for those that reach no host', async () => {
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
    const { text } = await send(gateway, '/mcp', body, { accept: 'application/json, text/event-stream' });
    const { tools } = JSON.parse(text).result as { tools: { name: string; annotations: { openWorldHint: boolean } }[] };
    const prompts = readdirSync(new URL('../../prompts', import.meta.url)).map((file) => file.replace('.md', ''));
    const open = tools
      .filter(({ annotations }) => annotations.openWorldHint)
      // One stands for all prompts.
      .map(({ name }) => (prompts.includes(name) ? 'summarize' : name));
    expect(new Set(surfaces.flatMap(({ tool }) => tool ?? []))).toEqual(new Set(open));
  });

  test('has a surface for each task of the hub', async () => {
    const { text } = await send(gateway, '/models/openai/m/pipeline/none', { inputs: 'Go.' });
    const [, names = ''] = /must be one of ([\w, -]+)\./.exec(JSON.parse(text).error) ?? [];
    expect(new Set(surfaces.flatMap(({ task }) => task ?? []))).toEqual(new Set(names.split(', ')));
  });

  test('names a report for each row, and each row once', () => {
    for (const { source } of rows) expect(source).toMatch(/^[\w.-]+\/[\w.-]+#\d+$/);
    const names = rows.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
