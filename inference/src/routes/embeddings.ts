import { z } from 'zod';
import { type App, post, readBody } from '../app.ts';
import type { ClipModel } from '../clip.ts';
import { ApiError } from '../errors.ts';
import { pick } from '../models.ts';

/** OpenAI's limit for texts, Infinity's for pictures. */
const MAX_TEXTS = 2048;
const MAX_IMAGES = 32;

const NonEmpty = z.string().min(1, 'Must not be empty.');

const EmbeddingRequest = z.object({
  model: z.string(),
  input: z
    .union(
      [NonEmpty, z.array(NonEmpty).min(1).max(MAX_TEXTS)],
      `Must be a string or 1 to ${MAX_TEXTS} strings, none empty.`,
    )
    .transform((input) => (typeof input === 'string' ? [input] : input)),
  modality: z.enum(['text', 'image']).default('text'),
  encoding_format: z.enum(['float', 'base64']).default('float'),
  dimensions: z.int().nullish(),
});

/**
 * `POST /v1/embeddings` as OpenAI's and `POST /embeddings` as Infinity's, which differ in nothing here: the `modality`
 * says whether the inputs are texts or pictures (data: URLs), and every vector has length 1.
 */
export function embeddings(app: App): void {
  post(app, ['/v1/embeddings', '/embeddings'], async (c) => {
    const { input, modality, ...body } = await readBody(c, EmbeddingRequest);
    const model = pick(c.var.models, 'clip', body.model);
    if (body.dimensions != null && body.dimensions !== model.dimensions) {
      const message = `"dimensions": this model's vectors have ${model.dimensions} dimensions.`;
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
    throw new ApiError('invalid_value', `"input": at most ${MAX_IMAGES} images in one request.`, { param: 'input' });
  }
  const { vectors } = await model.embedImages(input.map(fromDataUrl), signal);
  return { vectors, tokens: 0 };
}

/** The bytes of a data: URL. Other URLs are refused: this server fetches nothing that a caller names. */
function fromDataUrl(url: string, index: number): Uint8Array {
  const [, base64] = /^data:[^,]*;base64,(.*)$/s.exec(url) ?? [];
  if (base64 === undefined) {
    const message = `"input[${index}]": send the image itself as a base64 data: URL. This server fetches no URLs.`;
    throw new ApiError('invalid_image', message, { param: `input[${index}]` });
  }
  return Buffer.from(base64, 'base64');
}

/** OpenAI's base64 form: the vector's little-endian float32 bytes. */
function toBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}
