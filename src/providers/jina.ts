import { jinaApi } from '../hosts.ts';
import type { EmbeddingTarget } from '../tasks.ts';
import { readJson, send } from '../upstream/transport.ts';
import { jsonRequest } from './openai.ts';
import { readVectors } from './vectors.ts';

const MOST_BYTES = 64 * 1024 * 1024;

/**
 * CLIP vectors by Jina's hosted API: texts and pictures mixed in one request, whole vectors, cut here where a caller
 * wants fewer dimensions, so that one cache entry serves every size.
 * Source: https://api.jina.ai/redoc
 */
export function clip(upstreamModel: string): EmbeddingTarget {
  return {
    host: jinaApi,
    upstreamModel,
    batch: { text: 128, image: 32, mixed: true },
    embed(inputs, call) {
      const body = {
        model: upstreamModel,
        normalized: true,
        embedding_type: 'float',
        input: inputs.map((input) =>
          input.kind === 'text' ? { text: input.text } : { image: input.bytes.toBase64() },
        ),
      };
      return send(jsonRequest(jinaApi, '/embeddings', body, call), call, async (response) =>
        readVectors((await readJson(response, jinaApi.name, MOST_BYTES)).json, inputs.length, jinaApi.name),
      );
    },
  };
}
