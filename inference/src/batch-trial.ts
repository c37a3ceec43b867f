import sharp from 'sharp';

/** Of different lengths, since the shorter one is padded beside the longer one. */
export const TRIAL_TEXTS = [
  'a photo',
  'a red house left of a large blue tree, with a small dog in front of it and clouds above',
  'two cats',
];

/** Three small pictures of different brightness, as PNG. */
export function trialPictures(): Promise<Buffer[]> {
  return Promise.all(
    [40, 130, 250].map((base) => {
      const pixels = Uint8Array.from({ length: 32 * 32 * 3 }, (_, i) => (base + (i * i) / 7) % 256);
      return sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } })
        .png()
        .toBuffer();
    }),
  );
}

/**
 * True if each input has the same vector alone and in a batch, bit for bit. Float weights do on the
 * processors that were measured. Dynamically quantized weights (int8 and the like) do not: their activations
 * are scaled per batch.
 */
export async function rowsAreIndependent<Input>(
  encode: (inputs: Input[]) => Promise<Float32Array[]>,
  inputs: Input[],
): Promise<boolean> {
  const together = await encode(inputs);
  for (const [i, input] of inputs.entries()) {
    const [alone] = await encode([input]);
    if (!together[i]?.every((value, j) => value === alone?.[j])) return false;
  }
  return true;
}
