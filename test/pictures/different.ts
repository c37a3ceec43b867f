/** Where the server differs on purpose (inference/README.md, Pictures). */
export const DIFFERENT: Record<string, string> = {
  'JPEG for print, in CMYK': 'Chromium ignores the inks; the server converts them by a printing profile',
  'WebP with EXIF orientation 6': 'Chromium does not turn WebP; the server does, as for JPEG',
  'JPEG without its last two bytes': 'Chromium leaves out the last rows; the server has all pixels',
  'PNG with a wrong checksum of its pixels': 'Chromium shows nothing; the server has all pixels',
};
