import { z } from 'zod';
import { type App, post, readBody } from '../app.ts';
import type { ClipModel } from '../clip.ts';
import { ApiError } from '../errors.ts';
import { pick } from '../models.ts';

/** OpenAI's limit for texts and Infinity's limit for images. */
const MAX_TEXTS = 2048;
const MAX_IMAGES = 32;

const NonEmpty = z.string().min(1, 'Must not be empty.');

const EmbeddingRequest = z.object({
  model: z.string(),
  input: z
    .union(
      [NonEmpty, z.array(NonEmpty).min(1).max(MAX_TEXTS)],
      `Must be a non-empty string or an array of 1 to ${MAX_TEXTS} non-empty strings.`,
    )
    .transform((input) => (typeof input === 'string' ? [input] : input)),
  modality: z.enum(['text', 'image']).default('text'),
  encoding_format: z.enum(['float', 'base64']).default('float'),
  dimensions: z.int().nullish(),
});

/**
 * `POST /v1/embeddings`, compatible with OpenAI, and `POST /embeddings`, compatible with Infinity. Both are
 * the same. `modality` selects whether the inputs are texts or images (data: URLs). Every vector has length
 * 1.
 */
export function embeddings(app: App): void {
  post(app, ['/v1/embeddings', '/embeddings'], async (c) => {
    const { input, modality, ...body } = await readBody(c, EmbeddingRequest);
    const model = pick(c.var.models, 'clip', body.model);
    if (body.dimensions != null && body.dimensions !== model.dimensions) {
      const message = `"dimensions" must be ${model.dimensions} for this model.`;
      throw new ApiError('invalid_value', message, { param: 'dimensions' });
    }
    const { vectors, tokens } = await embed(model, modality, input, c.req.raw.signal);
    return c.json({
      object: 'list',
      data: vectors.map((vector, index) => ({
        object: 'embedding',
        index,
        embedding: body.encoding_format === 'base64' ? toBase64(vector) : Array.from(vector),
      })),
      model: model.id,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    });
  });
}

async function embed(model: ClipModel, modality: 'text' | 'image', input: string[], signal: AbortSignal) {
  if (modality === 'text') {
    const { vectors, tokens } = await model.embedTexts(input, signal);
    return { vectors, tokens: tokens.reduce((a, b) => a + b, 0) };
  }
  if (input.length > MAX_IMAGES) {
    throw new ApiError('invalid_value', `"input" must contain at most ${MAX_IMAGES} images.`, { param: 'input' });
  }
  const { vectors } = await model.embedImages(input.map(fromDataUrl), signal);
  return { vectors, tokens: 0 };
}

/**
 * The bytes of a data: URL. Other URLs are rejected, because this server never fetches a URL from a request.
 */
function fromDataUrl(url: string, index: number): Uint8Array {
  const [, base64] = /^data:[^,]*;base64,(.*)$/s.exec(url) ?? [];
  if (base64 === undefined) {
    const message = `"input[${index}]" must be a base64 data: URL of an image. This server does not fetch URLs.`;
    throw new ApiError('invalid_picture', message, { param: `input[${index}]` });
  }
  return Buffer.from(base64, 'base64');
}

/** OpenAI's base64 format: the little-endian float32 bytes of the vector. */
function toBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}
