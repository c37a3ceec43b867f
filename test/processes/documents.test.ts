import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Query } from '../../scripts/observe/query.ts';
import { errorTable } from '../../src/base/errors.ts';
import { SETTING_NAMES } from '../../src/settings/setting-names.ts';

/** Lists in documents are complete and have nothing else. */

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

describe('docs/errors.md', () => {
  const rows = new Map(
    [...read('docs/errors.md').matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)].map(([, code, status]) => [code, status]),
  );

  it('has exactly the codes of the table', () => {
    expect([...rows.keys()].sort()).toEqual(Object.keys(errorTable).sort());
  });

  it('has their statuses', () => {
    for (const [code, { status }] of Object.entries(errorTable)) {
      if (code !== 'upstream_rejected') expect(rows.get(code), code).toBe(String(status));
    }
  });
});

describe('.dev.vars.example', () => {
  it('has every setting, empty', () => {
    const lines = read('.dev.vars.example')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines).toEqual(SETTING_NAMES.map((name) => `${name}=`));
  });
});

describe('docs/queries.json', () => {
  it('names fields that docs/operations.md describes', () => {
    const documented = read('docs/operations.md');
    for (const { parameters, columns = [] } of JSON.parse(read('docs/queries.json')) as Query[]) {
      const keys = [
        ...parameters.filters.map(({ key }) => key),
        ...(parameters.calculations ?? []).flatMap(({ key }) => key ?? []),
        ...(parameters.groupBys ?? []).map(({ value }) => value),
        ...columns,
      ];
      for (const key of keys) expect(documented, key).toContain(`\`${key.split('.')[0]}\``);
    }
  });
});
