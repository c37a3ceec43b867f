import { icon, OUTLINES, type Outline, pipeline, softDisc } from './drawings.ts';
import { type PictureFile, row } from './picture-file.ts';

/** Cut-outs, icons and stickers: what the hidden color is must not matter. */
export const TRANSPARENT: PictureFile[] = [
  ...(Object.keys(OUTLINES) as Outline[]).map((outline) =>
    row(`black icon of a ${outline} on nothing`, 'png', () => pipeline(icon(outline, 128)).png().toBuffer()),
  ),
  row('icon over hidden magenta', 'png', () =>
    pipeline(icon('ring', 128, { hidden: [255, 0, 255] }))
      .png()
      .toBuffer(),
  ),
  row('icon of a palette with a transparent entry', 'png', () =>
    pipeline(icon('cross', 96, { ink: [200, 30, 30] }))
      .png({ palette: true, colours: 4 })
      .toBuffer(),
  ),
  row('sticker with a soft edge', 'png', () =>
    pipeline(softDisc(120, [30, 90, 220], [0, 0, 0]))
      .png()
      .toBuffer(),
  ),
  row('sticker as WebP without loss', 'webp', () =>
    pipeline(softDisc(120, [220, 120, 30], [0, 255, 0]))
      .webp({ lossless: true, exact: true })
      .toBuffer(),
  ),
  row('sticker as WebP with loss', 'webp', () =>
    pipeline(softDisc(120, [40, 160, 60], [0, 0, 0]))
      .webp({ quality: 80 })
      .toBuffer(),
  ),
  row('cut-out as AVIF', 'avif', () =>
    pipeline(softDisc(96, [150, 40, 160], [0, 0, 0]))
      .avif({ quality: 70 })
      .toBuffer(),
  ),
  row('cut-out as TIFF', 'tiff', () =>
    pipeline(icon('moon', 96, { ink: [90, 60, 20] }))
      .tiff()
      .toBuffer(),
  ),
  row('icon of grey and transparency', 'png', () =>
    pipeline(icon('diamond', 96)).toColourspace('b-w').png().toBuffer(),
  ),
  row('icon of 16 bits and transparency', 'png', () =>
    pipeline(icon('bars', 96, { ink: [10, 120, 200] }))
      .toColourspace('rgb16')
      .png()
      .toBuffer(),
  ),
];
