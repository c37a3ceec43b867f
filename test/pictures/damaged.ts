import { photo, pipeline } from './drawings.ts';
import { type PictureFile, row } from './picture-file.ts';
import { pngChunks } from './writers.ts';

const jpeg = () => pipeline(photo(160, 120)).jpeg({ quality: 88 }).toBuffer();
const png = () => pipeline(photo(160, 120)).png().toBuffer();

/** Positions of the JPEG's segments before its first scan. */
function segments(file: Buffer): number[] {
  const starts: number[] = [];
  for (let at = 2; file[at] === 0xff && file[at + 1] !== 0xda; at += 2 + file.readUInt16BE(at + 2)) starts.push(at);
  return starts;
}

function insert(file: Buffer, at: number, bytes: number[]): Buffer {
  return Buffer.concat([file.subarray(0, at), Buffer.from(bytes), file.subarray(at)]);
}

/**
 * Files as they come from interrupted downloads and careless tools. Browsers show those of the verdict
 * `picture`.
 */
export const DAMAGED: PictureFile[] = [
  row('JPEG without its last two bytes', 'jpeg', async () => (await jpeg()).subarray(0, -2)),
  row('JPEG with bytes after its end', 'jpeg', async () => Buffer.concat([await jpeg(), Buffer.alloc(64, 7)])),
  row('JPEG with stray bytes between segments', 'jpeg', async () => {
    const file = await jpeg();
    return insert(file, segments(file)[1] as number, [0x00, 0x13, 0x37]);
  }),
  row('JPEG with filler bytes before a segment', 'jpeg', async () => {
    const file = await jpeg();
    return insert(file, segments(file)[1] as number, [0xff, 0xff, 0xff]);
  }),
  row('JPEG cut off after half', 'jpeg', async () => (await jpeg()).subarray(0, 4000), 'cut'),
  row('JPEG of its first 40 bytes', 'jpeg', async () => (await jpeg()).subarray(0, 40), 'damaged'),
  row('PNG with a wrong checksum of its pixels', 'png', async () => {
    const file = Buffer.from(await png());
    const data = pngChunks(file).find(({ type }) => type === 'IDAT');
    const checksum = (data?.start ?? 0) + 8 + (data?.length ?? 0);
    file[checksum] = (file[checksum] as number) ^ 0xff;
    return file;
  }),
  row('PNG without its end', 'png', async () => (await png()).subarray(0, -12)),
  row(
    'PNG cut off after half',
    'png',
    async () => {
      const file = await png();
      return file.subarray(0, file.length >> 1);
    },
    'cut',
  ),
  row('PNG of its first 20 bytes', 'png', async () => (await png()).subarray(0, 20), 'damaged'),
  row(
    'WebP cut off after half',
    'webp',
    async () => {
      const file = await pipeline(photo(160, 120)).webp().toBuffer();
      return file.subarray(0, file.length >> 1);
    },
    'cut',
  ),
  row('bytes that are no picture', 'none', () => Buffer.from('This is a sentence, not a picture.'), 'damaged'),
];
