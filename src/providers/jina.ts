import { Base64Inserts } from '../bytes/base64-inserts.ts';
import { jinaApi } from '../hosts.ts';
import { jsonRequest } from '../protocols/json-request.ts';
import { readVectors } from '../protocols/openai-vectors.ts';
import { MAX_VECTORS_ANSWER_BYTES } from '../sizes.ts';
import type { EmbeddingTarget } from '../tasks.ts';
import { readJson, send } from '../upstream/transport.ts';

/**
 * CLIP vectors by Jina's hosted API: texts and pictures mixed in one request. The vectors are requested in full length and
 * cut here if a caller wants fewer dimensions, so that one cache entry serves every length.
 * Source: https://api.jina.ai/redoc
 */
export function clip(upstreamModel: string): EmbeddingTarget {
  return {
    host: jinaApi,
    upstreamModel,
    batch: { text: 128, image: 32, mixed: true },
    embed(inputs, call) {
      const pictures = new Base64Inserts();
      const input = inputs.map((input) =>
        input.kind === 'text' ? { text: input.text } : { image: pictures.add(input.bytes) },
      );
      const body = { model: upstreamModel, normalized: true, embedding_type: 'float', input };
      return send(jsonRequest(jinaApi, '/embeddings', body, call, pictures), call, async (response) =>
        readVectors(
          (await readJson(response, jinaApi.name, MAX_VECTORS_ANSWER_BYTES)).json,
          inputs.length,
          jinaApi.name,
        ),
      );
    },
  };
}
