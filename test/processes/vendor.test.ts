import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { vendored } from '../../scripts/vendor.ts';

it('serves the libraries of the playground as their packages have them', () => {
  for (const [path, text] of Object.entries(vendored())) {
    expect(readFileSync(join(import.meta.dirname, '../..', path), 'utf8') === text, `${path}: npm run vendor`).toBe(
      true,
    );
  }
});
