import type { Call } from '../call/call.ts';
import type { Host } from '../hosts.ts';
import type { Embedded, EmbeddingInput, EmbeddingTarget } from '../tasks.ts';
import { readJson, send } from '../upstream/transport.ts';
import { jsonRequest } from './openai.ts';
import { readVectors } from './vectors.ts';

const MOST_BYTES = 64 * 1024 * 1024;

/**
 * CLIP vectors from a server with Infinity's `modality`: Infinity itself, and this project's origin.
 * One modality a request; pictures travel as data URLs.
 * Source: https://github.com/michaelfeil/infinity
 */
export function clip(host: Host, upstreamModel: string): EmbeddingTarget {
  return {
    host,
    upstreamModel,
    batch: { text: 256, image: 32 },
    embed: (inputs, call) => embed(host, upstreamModel, inputs, call),
  };
}

async function embed(host: Host, model: string, inputs: readonly EmbeddingInput[], call: Call): Promise<Embedded> {
  const body = {
    model,
    input: inputs.map((input) =>
      input.kind === 'text' ? input.text : `data:${input.mediaType};base64,${input.bytes.toBase64()}`,
    ),
    modality: inputs[0]?.kind ?? 'text',
    encoding_format: 'base64',
  };
  return send(jsonRequest(host, '/embeddings', body, call), call, async (response) =>
    readVectors((await readJson(response, host.name, MOST_BYTES)).json, inputs.length, host.name),
  );
}
