import sharp from 'sharp';

/** Splits a sheet of square tiles into PNG files, row by row. */
export async function cutTiles(sheet: string, columns: number, tiles: number): Promise<Uint8Array[]> {
  const { data, info } = await sharp(sheet).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const side = info.width / columns;
  return Promise.all(
    Array.from({ length: tiles }, (_, tile) => {
      const area = { left: (tile % columns) * side, top: Math.floor(tile / columns) * side, width: side, height: side };
      return sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } })
        .extract(area)
        .png()
        .toBuffer();
    }),
  );
}

/** Flat polygons in painting order. Points are x, y, x, y, ... in thousandths of the side. */
export interface Drawing {
  background: string;
  polygons: { fill: string; points: number[] }[];
}

/** Renders with librsvg, which was not used in training. Returns a PNG, or a JPEG if a quality is given. */
export function drawAsFile({ background, polygons }: Drawing, size: number, jpegQuality?: number): Promise<Uint8Array> {
  const shapes = polygons.map(({ fill, points }) => `<polygon fill="${fill}" points="${points.join(' ')}"/>`);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 1000 1000">
    <rect width="1000" height="1000" fill="${background}"/>${shapes.join('')}</svg>`;
  const picture = sharp(Buffer.from(svg)).removeAlpha();
  return (jpegQuality ? picture.jpeg({ quality: jpegQuality }) : picture.png()).toBuffer();
}
