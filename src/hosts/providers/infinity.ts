import { Placeholders } from '../../base/bytes/placeholders.ts';
import type { Host } from '../../call/hosts.ts';
import type { EmbeddingTarget, Target } from '../../call/tasks.ts';
import { formatsAt, revisionAt } from '../protocols/model-facts.ts';
import { requestVectors } from '../protocols/openai-embeddings.ts';
import { textIn } from '../protocols/text-inputs.ts';

/**
 * CLIP vectors from a server with Infinity's `modality`: Infinity itself, and this project's inference
 * server. One modality per request; pictures are sent as data URLs.
 *
 * @param formats that it decodes beside those that every host does; by default what its list of models says
 * Source: https://github.com/michaelfeil/infinity
 */
export function clip(
  host: Host,
  upstreamModel: string,
  formats: EmbeddingTarget['formats'] = formatsAt(host, upstreamModel),
): EmbeddingTarget {
  const target: Target = { host, upstreamModel };
  return {
    ...target,
    batch: { text: 128, image: 32 },
    formats,
    revision: revisionAt(host, upstreamModel),
    embed(inputs, call) {
      const modality = inputs[0]?.kind ?? 'text';
      const large = new Placeholders();
      const input = inputs.map((input) =>
        input.kind === 'text' ? textIn(input, large) : `data:${input.mediaType};base64,${large.base64(input.bytes)}`,
      );
      return requestVectors(target, { input, modality }, large, call);
    },
  };
}
