/**
 * Compares what the inference server makes of each picture file with what Chromium shows of it on a white
 * page.
 *
 *     npm run compare:pictures [-- --verbose] [--record]
 *
 * `--record` writes the vectors of Chromium's renderings, which tests compare with. Both renderings get
 * tiny-clip's vector. Exits with 1 if one has a cosine below 0.99, or if only one of the two decodes a file
 * that the table says is a picture.
 */
import { writeFileSync } from 'node:fs';
import sharp from 'sharp';
import { loadClip } from '../../inference/src/clip.ts';
import { decodePicture } from '../../inference/src/pictures/decode.ts';
import { launch } from '../browser/chromium.ts';
import { DIFFERENT } from './different.ts';
import { FILES, type PictureFile } from './files.ts';

const LEAST_COSINE = 0.99;
const CLIP = new URL('../../inference/models/tiny-clip', import.meta.url).pathname;
const RECORD = new URL('../../inference/test/fixtures/chromium.json', import.meta.url);
/** Chromium on Linux has no decoder of these. */
const NOT_IN_CHROMIUM = ['heic', 'tiff'];

const browser = await launch();
const page = await browser.newPage();

/** The first frame on white as PNG, or undefined if Chromium does not show the file. */
async function inChromium(file: PictureFile): Promise<Buffer | undefined> {
  const url = `data:${file.type};base64,${(await file.bytes()).toString('base64')}`;
  const drawn = await page.evaluate(async (src) => {
    const image = new Image();
    const loaded = new Promise((resolve) => {
      image.onload = image.onerror = resolve;
    });
    image.src = src;
    await loaded;
    if (image.naturalWidth === 0) return undefined;
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const context = canvas.getContext('2d') as CanvasRenderingContext2D;
    context.fillStyle = 'white';
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0);
    return canvas.toDataURL('image/png');
  }, url);
  return drawn === undefined ? undefined : Buffer.from(drawn.slice(drawn.indexOf(',') + 1), 'base64');
}

async function inServer(file: PictureFile): Promise<Buffer | string> {
  try {
    const { width, height, rgb } = await decodePicture(await file.bytes());
    return await sharp(rgb, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer();
  } catch (error) {
    return (error as Error).message;
  }
}

const clip = await loadClip(CLIP);
const recorded: Record<string, string> = {};
let faults = 0;
for (const file of FILES) {
  const [shown, made] = [await inChromium(file), await inServer(file)];
  const result = await outcome(file, shown, made);
  if (result.isFault) faults++;
  if (result.isFault || process.argv.includes('--verbose')) {
    console.log(`${result.isFault ? 'FAULT' : 'ok   '} ${file.name}: ${result.text}`);
  }
}
await browser.close();
console.log(`${FILES.length} files, ${faults} faults`);
if (process.argv.includes('--record')) writeFileSync(RECORD, `${JSON.stringify(recorded, null, 1)}\n`);
if (faults > 0) process.exitCode = 1;

async function outcome(file: PictureFile, shown: Buffer | undefined, made: Buffer | string) {
  if (typeof made === 'string') return { isFault: file.verdict === 'picture', text: `refused: ${made}` };
  if (file.verdict !== 'picture') return { isFault: true, text: 'decoded' };
  if (!shown) return { isFault: !NOT_IN_CHROMIUM.includes(file.format), text: 'Chromium does not show it' };
  const [theirs, ours] = (await clip.embedImages([shown, made])).vectors as [Float32Array, Float32Array];
  if (!DIFFERENT[file.name]) recorded[file.name] = Buffer.from(theirs.buffer).toString('base64');
  const cosine = ours.reduce((sum, value, i) => sum + value * (theirs[i] as number), 0);
  const reason = DIFFERENT[file.name];
  const text = `cosine ${cosine.toFixed(4)}${reason ? `: ${reason}` : ''}`;
  return { isFault: cosine < LEAST_COSINE && !reason, text };
}
