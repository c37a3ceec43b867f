/** A decoded picture before flattening: `data` holds height x width x channels bytes, row by row. */
export interface RawPicture {
  width: number;
  height: number;
  channels: 3 | 4;
  data: Buffer;
  /** The ICC profile of the colors. Undefined: sRGB. */
  profile?: Buffer | undefined;
}
