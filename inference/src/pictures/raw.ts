import type { Primaries } from './primaries.ts';

/** A decoded picture before flattening: `data` holds height x width x channels bytes, row by row. */
export interface RawPicture {
  width: number;
  height: number;
  channels: 3 | 4;
  data: Buffer;
  /** The colors: an ICC profile, or else numbers. Neither: sRGB. */
  profile?: Buffer | undefined;
  primaries?: Primaries | undefined;
  /** How it is to be turned before it is shown, as in EXIF: 1 to 8. Undefined: it is not. */
  orientation?: number | undefined;
}
