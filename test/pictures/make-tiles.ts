/**
 * Encodes the tiles of `tiles.heic`, from which `heic.ts` builds pictures as iPhones save them.
 *
 *     node test/pictures/make-tiles.ts
 *
 * It requires `heif-enc` of Debian's package `libheif-examples` (1.15.1), which has no option for tiles: they
 * are four pictures of one file.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { pipeline } from './drawings.ts';
import { TILE, TILED, tiledPhoto } from './heic.ts';

const [right, bottom] = [TILED.columns * TILE - TILED.width, TILED.rows * TILE - TILED.height];
const padded = await pipeline(tiledPhoto()).extend({ right, bottom, extendWith: 'copy' }).png().toBuffer();
const folder = mkdtempSync(join(tmpdir(), 'tiles-'));
const tiles: string[] = [];
for (let row = 0; row < TILED.rows; row++) {
  for (let column = 0; column < TILED.columns; column++) {
    const file = join(folder, `${row}-${column}.png`);
    await sharp(padded)
      .extract({ left: column * TILE, top: row * TILE, width: TILE, height: TILE })
      .toFile(file);
    tiles.push(file);
  }
}
execFileSync('heif-enc', ['-q', '40', '-o', join(import.meta.dirname, 'tiles.heic'), ...tiles], { stdio: 'inherit' });
rmSync(folder, { recursive: true });
