import type { OtherFormat } from '../../base/bytes/file-kind.ts';
import { Placeholders } from '../../base/bytes/placeholders.ts';
import { jinaApi } from '../../call/hosts.ts';
import type { EmbeddingTarget } from '../../call/tasks.ts';
import { jsonRequest } from '../protocols/json-request.ts';
import { readVectors } from '../protocols/openai-vectors.ts';
import { textIn } from '../protocols/text-inputs.ts';
import { send } from '../upstream/transport.ts';

/**
 * CLIP vectors by Jina's hosted API: texts and pictures mixed in one request. The vectors are requested in
 * full length and cut here if a caller wants fewer dimensions, so that one cache entry serves every length.
 * Source: https://api.jina.ai/redoc
 */
export function clip(upstreamModel: string, formats: readonly OtherFormat[] = []): EmbeddingTarget {
  return {
    host: jinaApi,
    upstreamModel,
    batch: { text: 128, image: 32, mixed: true },
    formats,
    embed(inputs, call) {
      const large = new Placeholders();
      const input = inputs.map((input) =>
        input.kind === 'text' ? { text: textIn(input, large) } : { image: large.base64(input.bytes) },
      );
      const body = { model: upstreamModel, normalized: true, embedding_type: 'float', input };
      return send(jsonRequest(jinaApi, '/embeddings', large.into(JSON.stringify(body)), call), call, (response) =>
        readVectors(response, inputs.length, jinaApi.name),
      );
    },
  };
}
