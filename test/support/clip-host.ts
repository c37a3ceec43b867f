import type { Host } from './worker.ts';

/**
 * A host with Infinity's API. Its vectors depend on the content only, so a test can calculate them. It
 * records what it is asked to embed.
 */
export class ClipHost {
  readonly dimensions: number;
  /** Every input it was asked to embed, in order: `text:...` or `image:<base64>`. */
  readonly seen: string[] = [];
  requests = 0;

  constructor(dimensions = 96) {
    this.dimensions = dimensions;
  }

  readonly answer: Host = async (request) => {
    const { input, modality } = (await request.json()) as { input: string[]; modality: string };
    this.requests++;
    const data = await Promise.all(
      input.map(async (item, index) => {
        const content = `${modality}:${item.replace(/^data:[^,]*,/, '')}`;
        this.seen.push(content);
        const vector = await vectorFor(content, this.dimensions);
        return { object: 'embedding', index, embedding: new Uint8Array(vector.buffer).toBase64() };
      }),
    );
    return Response.json({
      object: 'list',
      model: 'clip',
      data,
      usage: { prompt_tokens: 3 * input.length, total_tokens: 3 * input.length },
    });
  };
}

/** A unit vector from the SHA-256 of a text. */
export async function vectorFor(content: string, dimensions: number): Promise<Float32Array> {
  const hash = new Uint32Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(content)));
  let state = hash[0] ?? 1;
  const vector = Float32Array.from({ length: dimensions }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
