/** The formats of the table, named as in a server's `formats`. */
export type Format =
  | 'png'
  | 'jpeg'
  | 'webp'
  | 'gif'
  | 'avif'
  | 'heic'
  | 'tiff'
  | 'bmp'
  | 'jxl'
  | 'svg'
  | 'pdf'
  | 'ico'
  | 'none';

export interface PictureFile {
  /** Unique, such as "icon of a disc on nothing". */
  name: string;
  /** What the first bytes say. `none`: they are no known format. */
  format: Format;
  /** The media type that a client would declare. */
  type: string;
  /**
   * `picture`: decodes, as in a browser. `cut`: breaks off. `damaged`: no browser shows it. `other`: no model
   * decodes it.
   */
  verdict: 'picture' | 'cut' | 'damaged' | 'other';
  bytes: () => Promise<Buffer>;
}

export const MEDIA_TYPES: Record<Format, string> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  avif: 'image/avif',
  heic: 'image/heic',
  tiff: 'image/tiff',
  bmp: 'image/bmp',
  jxl: 'image/jxl',
  svg: 'image/svg+xml',
  pdf: 'application/pdf',
  ico: 'image/x-icon',
  none: 'application/octet-stream',
};

/** A row of the table. The type is the format's own. The bytes are made once. */
export function row(
  name: string,
  format: Format,
  bytes: () => Promise<Buffer> | Buffer,
  verdict: PictureFile['verdict'] = 'picture',
): PictureFile {
  let made: Promise<Buffer> | undefined;
  const make = async () => bytes();
  const once = () => {
    made ??= make();
    return made;
  };
  return { name, format, type: MEDIA_TYPES[format], verdict, bytes: once };
}
