import { icon, pipeline } from './drawings.ts';
import { type PictureFile, row } from './picture-file.ts';
import { animatedWebp, gif } from './writers.ts';

const PALETTE = [
  [0, 0, 0],
  [220, 40, 40],
  [40, 90, 220],
  [255, 255, 255],
];

const filled = (width: number, height: number, color: number, hole?: number) =>
  Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return hole !== undefined && Math.hypot(x - width / 2, y - height / 2) < width / 4 ? hole : color;
  });

/** First frames that cover a part of the canvas: the rest is nothing, so white. */
export const ANIMATED: PictureFile[] = [
  row('GIF of two frames', 'gif', () =>
    gif({ width: 60, height: 60, palette: PALETTE }, [
      { left: 0, top: 0, width: 60, height: 60, indexes: filled(60, 60, 1, 3) },
      { left: 0, top: 0, width: 60, height: 60, indexes: filled(60, 60, 2) },
    ]),
  ),
  row('GIF whose first frame covers a part', 'gif', () =>
    gif({ width: 80, height: 80, palette: PALETTE }, [
      { left: 20, top: 10, width: 40, height: 40, indexes: filled(40, 40, 1, 2) },
      { left: 0, top: 0, width: 80, height: 80, indexes: filled(80, 80, 2) },
    ]),
  ),
  row('GIF with a transparent color', 'gif', () =>
    gif({ width: 64, height: 64, palette: PALETTE, transparent: 0 }, [
      { left: 0, top: 0, width: 64, height: 64, indexes: filled(64, 64, 0, 2) },
    ]),
  ),
  row('GIF of one frame that covers a part, with a transparent color', 'gif', () =>
    gif({ width: 64, height: 64, palette: PALETTE, transparent: 0 }, [
      { left: 12, top: 16, width: 32, height: 32, indexes: filled(32, 32, 1, 0) },
    ]),
  ),
  row('animated WebP whose first frame covers a part', 'webp', async () => {
    const still = await pipeline(icon('disc', 48, { ink: [200, 60, 20], ground: [250, 220, 40] }))
      .webp({ lossless: true })
      .toBuffer();
    return animatedWebp({ width: 96, height: 96 }, [
      { left: 24, top: 8, width: 48, height: 48, still },
      { left: 40, top: 40, width: 48, height: 48, still },
    ]);
  }),
];
