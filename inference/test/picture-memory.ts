/**
 * Measures how much memory one picture adds to the inference server: for each format, of 48 megapixels or of
 * as many as are allowed.
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
import { displayP3, tiledHeic } from '../../test/pictures/heic.ts';
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
  // Smooth: most files have at most 10 MiB, which is what the Worker accepts. A number is the limit in
  // megapixels.
  const { data } = photo(84, 63);
  const sized = (width: number, height: number) =>
    sharp(data, { raw: { width: 84, height: 63, channels: 3 } }).resize(width, height, { kernel: 'cubic' });
  const large = () => sized(WIDTH, HEIGHT);
  const files = {
    'baseline.jpg': large().jpeg({ quality: 85 }),
    'progressive.jpg': large().jpeg({ quality: 85, progressive: true }),
    // The largest that keeps its size, and the largest whose sides are halved.
    'turned-6.jpg': sized(2886, 2165).withMetadata({ orientation: 6 }).jpeg({ quality: 85, progressive: true }),
    'turned-25.jpg': sized(5773, 4330).withMetadata({ orientation: 6 }).jpeg({ quality: 85, progressive: true }),
    'full-colors-25.jpg': sized(5773, 4330).jpeg({ progressive: true, chromaSubsampling: '4:4:4' }),
    'plain.png': large().png({ compressionLevel: 9 }),
    'transparent.png': large().ensureAlpha(0.5).png({ compressionLevel: 9 }),
    '16-bit.png': large().toColourspace('rgb16').png({ compressionLevel: 9 }),
    'interlaced.png': large().png({ compressionLevel: 9, progressive: true }),
    'interlaced-transparent-37.png': sized(7060, 5300).ensureAlpha(0.5).png({ compressionLevel: 9, progressive: true }),
    'lossy.webp': large().webp({ quality: 70, effort: 0 }),
    'transparent.webp': large().ensureAlpha(0.5).webp({ quality: 70, effort: 0 }),
    'lossless-37.webp': sized(7060, 5300).webp({ lossless: true, effort: 0 }),
    'plain.tiff': large().tiff({ compression: 'deflate' }),
    '25.gif': sized(5773, 4330).gif({ effort: 1 }),
    '10.avif': sized(3650, 2739).avif({ quality: 50, effort: 0 }),
  };
  const paths: string[] = [];
  for (const [name, pipeline] of Object.entries(files)) {
    await pipeline.toFile(join(folder, name));
    paths.push(join(folder, name));
  }
  for (const [name, columns, rows] of [
    ['tiles.heic', 16, 12],
    ['tiles-25.heic', 11, 9],
    ['tiles-6.heic', 5, 5],
  ] as const) {
    const grid = { columns, rows, width: columns * 512 - 64, height: rows * 512 - 48 };
    const path = join(folder, name);
    writeFileSync(path, tiledHeic({ grid, rotation: 3, color: await displayP3() }));
    paths.push(path);
  }
  return paths;
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
