/**
 * Measures how much memory one picture of 48 megapixels adds to the inference server, for each format.
 *
 *     npm run memory:pictures [-- FILE ...]
 *
 * Linux only: it reads the peak of the resident memory from /proc. Exits with 1 above 200 MB.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { photo } from '../../test/pictures/drawings.ts';
import { tiledHeic } from '../../test/pictures/heic.ts';
import { loadClip } from '../src/clip.ts';
import { ownModel } from './start.ts';

const MOST_MB = 200;
const [WIDTH, HEIGHT] = [8064, 6048];

const status = (name: string) =>
  Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;

/** In a process of its own: the peak never falls. */
async function measure(file: string): Promise<void> {
  const clip = await loadClip(ownModel('tiny-clip'));
  const before = status('VmHWM');
  const started = performance.now();
  const outcome = await clip.embedImages([readFileSync(file)]).then(
    () => 'embedded',
    (error: Error) => error.message,
  );
  console.log(
    JSON.stringify({ added: status('VmHWM') - before, seconds: (performance.now() - started) / 1000, outcome }),
  );
}

async function makeFiles(folder: string): Promise<string[]> {
  // Small enough that the files have at most 10 MiB, which is what the Worker accepts.
  const { data, width, height } = photo(252, 189);
  const large = () => sharp(data, { raw: { width, height, channels: 3 } }).resize(WIDTH, HEIGHT, { kernel: 'cubic' });
  const files = {
    'baseline.jpg': large().jpeg({ quality: 85 }),
    'progressive.jpg': large().jpeg({ quality: 85, progressive: true }),
    'plain.png': large().png({ compressionLevel: 6 }),
    'interlaced.png': large().png({ compressionLevel: 6, progressive: true }),
    'transparent.png': large().ensureAlpha(0.5).png({ compressionLevel: 6 }),
    'lossy.webp': large().webp({ quality: 70, effort: 0 }),
    'plain.tiff': large().tiff({ compression: 'lzw' }),
    'plain.gif': large().gif({ effort: 1 }),
    'twelve-megapixels.avif': large().resize(4032, 3024).avif({ quality: 50, effort: 0 }),
  };
  const paths: string[] = [];
  for (const [name, pipeline] of Object.entries(files)) {
    await pipeline.toFile(join(folder, name));
    paths.push(join(folder, name));
  }
  const tiles = join(folder, 'tiles.heic');
  writeFileSync(tiles, tiledHeic({ grid: { columns: 16, rows: 12, width: WIDTH, height: HEIGHT }, rotation: 3 }));
  return [...paths, tiles];
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--measure') {
  await measure(rest[0] as string);
} else {
  const folder = mkdtempSync(join(tmpdir(), 'large-pictures-'));
  const files = first ? [first, ...rest] : await makeFiles(folder);
  for (const file of files) {
    const output = execFileSync(process.execPath, [import.meta.filename, '--measure', file], { encoding: 'utf8' });
    const { added, seconds, outcome } = JSON.parse(output.trim().split('\n').at(-1) ?? '') as {
      added: number;
      seconds: number;
      outcome: string;
    };
    const size = (statSync(file).size / 1e6).toFixed(1);
    console.log(`${basename(file)} (${size} MB): ${added.toFixed(0)} MB more, ${seconds.toFixed(1)} s, ${outcome}`);
    if (added > MOST_MB) process.exitCode = 1;
  }
  rmSync(folder, { recursive: true });
}
