/**
 * Compares what the inference server makes of each picture file with what Chromium shows of it on a white page.
 *
 *     npm run compare:pictures [-- --verbose]
 *
 * Both renderings get tiny-clip's vector. Exits with 1 if one has a cosine below 0.99, or if only one of the two decodes a
 * file that the table says is a picture.
 */
import sharp from 'sharp';
import { type ClipModel, loadClip } from '../../inference/src/clip.ts';
import { decodePicture } from '../../inference/src/pictures/decode.ts';
import { launch } from '../browser/chromium.ts';
import { FILES, type PictureFile } from './files.ts';

const LEAST_COSINE = 0.99;
const CLIP = new URL('../../inference/models/tiny-clip', import.meta.url).pathname;
/** Chromium on Linux has no decoder of these. */
const NOT_IN_CHROMIUM = ['heic', 'tiff'];

const browser = await launch();
const page = await browser.newPage({ viewport: { width: 800, height: 800 } });
await page.setContent('<style>* { margin: 0 } img { display: block }</style><img style="image-rendering: pixelated">');

/** The picture as PNG, or undefined if Chromium does not show it. */
async function inChromium(file: PictureFile): Promise<Buffer | undefined> {
  const url = `data:${file.type};base64,${(await file.bytes()).toString('base64')}`;
  const isShown = await page.evaluate(async (src) => {
    const image = document.querySelector('img') as HTMLImageElement;
    image.src = src;
    return image.decode().then(
      () => true,
      () => image.naturalWidth > 0 && image.complete,
    );
  }, url);
  return isShown ? page.locator('img').screenshot({ animations: 'disabled', type: 'png' }) : undefined;
}

async function inServer(file: PictureFile): Promise<Buffer | string> {
  try {
    const { width, height, rgb } = await decodePicture(await file.bytes());
    return await sharp(rgb, { raw: { width, height, channels: 3 } }).png().toBuffer();
  } catch (error) {
    return (error as Error).message;
  }
}

async function cosineOf(clip: ClipModel, pictures: Buffer[]): Promise<number> {
  const [a, b] = (await clip.embedImages(pictures)).vectors as [Float32Array, Float32Array];
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}

const clip = await loadClip(CLIP);
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
if (faults > 0) process.exitCode = 1;

async function outcome(file: PictureFile, shown: Buffer | undefined, made: Buffer | string) {
  if (typeof made === 'string') return { isFault: file.verdict === 'picture', text: `refused: ${made}` };
  if (file.verdict !== 'picture') return { isFault: true, text: 'decoded' };
  if (!shown) return { isFault: !NOT_IN_CHROMIUM.includes(file.format), text: 'Chromium does not show it' };
  const cosine = await cosineOf(clip, [shown, made]);
  return { isFault: cosine < LEAST_COSINE, text: `cosine ${cosine.toFixed(4)}` };
}
