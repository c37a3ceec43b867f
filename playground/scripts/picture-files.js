import { ApiFailure } from './api.js';

/** CLIP looks at pictures of 64 to 512 pixels: larger ones only make the request larger. */
const FOR_CLIP = { maxSide: 512, maxBytes: 100_000 };
/** What the API takes. Browsers read more: Safari reads the HEIC photos of phones. */
const ACCEPTED = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];

/**
 * A picture to send: the file itself if it is small and of an accepted type, otherwise a copy that is.
 *
 * @param {File} file
 * @param {{ maxSide: number, maxBytes: number }} [size] the longer side of a copy, in pixels
 * @returns {Promise<Blob>}
 * @throws {ApiFailure} `invalid_picture`
 */
export async function asPicture(file, { maxSide, maxBytes } = FOR_CLIP) {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new ApiFailure({ code: 'invalid_picture', message: `${file.name} cannot be read as an image.` });
  });
  if (file.size <= maxBytes && ACCEPTED.includes(file.type)) return file;
  const scale = Math.min(1, maxSide / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(Math.ceil(bitmap.width * scale), Math.ceil(bitmap.height * scale));
  const context = canvas.getContext('2d');
  if (!context) return file;
  // JPEG has no transparency.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
}
