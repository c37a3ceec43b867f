import { Placeholders } from '../../base/bytes/placeholders.ts';
import type { Host } from '../../call/hosts.ts';
import type { EmbeddingTarget } from '../../call/tasks.ts';
import { jsonRequest } from '../protocols/json-request.ts';
import { formatsAt, revisionAt } from '../protocols/model-facts.ts';
import { readVectors } from '../protocols/openai-vectors.ts';
import { textIn } from '../protocols/text-inputs.ts';
import { send } from '../upstream/transport.ts';

/**
 * CLIP vectors from a server with Infinity's `modality`: Infinity itself, and this project's inference server. One modality
 * per request; pictures are sent as data URLs.
 *
 * @param formats that it decodes beside those that every host does; by default what its list of models says
 * Source: https://github.com/michaelfeil/infinity
 */
export function clip(
  host: Host,
  upstreamModel: string,
  formats: EmbeddingTarget['formats'] = formatsAt(host, upstreamModel),
): EmbeddingTarget {
  return {
    host,
    upstreamModel,
    batch: { text: 128, image: 32 },
    formats,
    revision: revisionAt(host, upstreamModel),
    embed(inputs, call) {
      const modality = inputs[0]?.kind ?? 'text';
      const large = new Placeholders();
      const input = inputs.map((input) =>
        input.kind === 'text' ? textIn(input, large) : `data:${input.mediaType};base64,${large.base64(input.bytes)}`,
      );
      const body = { model: upstreamModel, input, modality, encoding_format: 'base64' };
      return send(jsonRequest(host, '/embeddings', large.into(JSON.stringify(body)), call), call, (response) =>
        readVectors(response, inputs.length, host.name),
      );
    },
  };
}
