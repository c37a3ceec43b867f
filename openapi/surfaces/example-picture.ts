import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A small PNG, in base64. */
export const SQUARE = readFileSync(join(import.meta.dirname, '../../test/fixtures/pictures/blue-square.png')).toString(
  'base64',
);
