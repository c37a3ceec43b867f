import sharp from 'sharp';
import { beside } from './pictures/alone.ts';

/** A decoded image: `rgb` holds height x width x 3 bytes, row by row. */
export interface Picture {
  width: number;
  height: number;
  rgb: Uint8Array;
}

export type PictureFormat = 'png' | 'jpeg' | 'webp';

export function encodePicture({ width, height, rgb }: Picture, format: PictureFormat): Promise<Uint8Array> {
  return beside(() =>
    sharp(rgb, { raw: { width, height, channels: 3 } })
      .toFormat(format)
      .toBuffer(),
  );
}
