import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Origin } from '../support/stack.ts';
import { answersOf, cellsOf, wrongIn } from './check.ts';
import { type OwnGateway, startOwnGateway } from './gateway.ts';
import { startTableHost } from './host.ts';
import { rows } from './rows/all.ts';
import { NO_HOST, surfaces } from './surfaces.ts';

/** The table of host behaviours: each one on each surface that it can reach. */

let host: Origin;
let gateway: OwnGateway;
/**
 * What is wrong, by the name of the row. Together: most of the time goes to waits before a request is
 * repeated.
 */
let wrong: ReadonlyMap<string, readonly string[]>;
beforeAll(async () => {
  host = await startTableHost(answersOf(rows));
  gateway = await startOwnGateway(host.url);
  wrong = await wrongIn(cellsOf(rows, surfaces), gateway);
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
  test('has a surface, or a reason, for each route with POST', () => {
    // What /openapi.json answers.
    const file = new URL('../../playground/openapi.json', import.meta.url);
    const { paths } = JSON.parse(readFileSync(file, 'utf8')) as { paths: Record<string, { post?: object }> };
    const posts = Object.keys(paths).filter((path) => paths[path]?.post);
    const known = new Set([...surfaces.flatMap(({ paths }) => paths), ...Object.keys(NO_HOST)]);
    expect([...known].sort()).toEqual(posts.sort());
  });

  test('names a report for each row, and each row once', () => {
    for (const { source } of rows) expect(source).toMatch(/^[\w.-]+\/[\w.-]+#\d+$/);
    const names = rows.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
