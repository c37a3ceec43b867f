import type { Picture } from '../picture.ts';

interface Place {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * Paints white what the first frame of a GIF leaves uncovered. libvips leaves it black in a GIF without a
 * transparent color.
 */
export function whiteAround(file: Buffer, picture: Picture): Picture {
  const place = firstFrame(file);
  if (!place) return picture;
  const { width, height, rgb } = picture;
  const [right, bottom] = [place.left + place.width, place.top + place.height];
  for (let y = 0; y < height; y++) {
    const row = y * width * 3;
    if (y < place.top || y >= bottom) rgb.fill(255, row, row + width * 3);
    else {
      rgb.fill(255, row, row + place.left * 3);
      rgb.fill(255, row + Math.min(right, width) * 3, row + width * 3);
    }
  }
  return picture;
}

const [EXTENSION, IMAGE] = [0x21, 0x2c];

/**
 * Where the first frame lies on the canvas (GIF89a specification, sections 18 to 20). Undefined if the file
 * breaks off before.
 */
function firstFrame(file: Buffer): Place | undefined {
  const colors = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let at = 13 + colors(file[10] ?? 0);
  while (file[at] === EXTENSION) {
    at += 2;
    for (let size = file[at]; size; size = file[at]) at += size + 1;
    at++;
  }
  if (file[at] !== IMAGE || at + 9 > file.length) return undefined;
  const [left, top, width, height] = [1, 3, 5, 7].map((offset) => file.readUInt16LE(at + offset)) as [
    number,
    number,
    number,
    number,
  ];
  return { left, top, width, height };
}
