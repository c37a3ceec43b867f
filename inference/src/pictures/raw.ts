/** A decoded picture before flattening: `data` holds height x width x channels bytes, row by row. */
export interface RawPicture {
  width: number;
  height: number;
  channels: 3 | 4;
  data: Buffer;
  /** The colors: an ICC profile, or one that sharp has. Undefined: sRGB. */
  profile?: Buffer | 'p3' | undefined;
  /** How it is to be turned before it is shown, as in EXIF: 1 to 8. Undefined: it is not. */
  orientation?: number | undefined;
}
