import type { PictureInfo } from '../picture-format.ts';
import { markJpeg } from './jpeg.ts';
import type { SourceType } from './packet.ts';
import { markPng } from './png.ts';
import { type Splice, spliced } from './splice.ts';
import { markWebp } from './webp.ts';

/**
 * The parts of a picture's file, with an XMP packet that says what made it. A picture that says so already,
 * or is signed (C2PA), stays as it is: a byte more would make its signature invalid. So does one of a format
 * or shape in which no reader would find the packet.
 */
export function marked(file: Uint8Array, info: PictureInfo, source: SourceType): readonly Uint8Array[] {
  return spliced(file, changes(file, info, source));
}

function changes(file: Uint8Array, info: PictureInfo, source: SourceType): readonly Splice[] {
  try {
    switch (info.format) {
      case 'png':
        return markPng(file, source);
      case 'jpeg':
        return markJpeg(file, source);
      case 'webp':
        return markWebp(file, info, source);
      default:
        return [];
    }
  } catch (error) {
    // A file that ends early.
    if (error instanceof RangeError) return [];
    throw error;
  }
}
