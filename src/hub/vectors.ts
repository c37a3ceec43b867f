import * as z from 'zod/mini';
import { lazy } from '../lazy.ts';
import { hubTask } from './hub-task.ts';
import { refuse, unsupported } from './refuse.ts';

const featureExtractionRequest = lazy(() =>
  z.looseObject({
    inputs: z.union([z.string(), z.array(z.string()).check(z.minLength(1))], {
      error: 'must be a string or an array of strings',
    }),
    normalize: z.optional(z.nullable(z.boolean())),
    truncate: z.optional(z.nullable(z.boolean())),
    truncation_direction: z.optional(z.nullable(z.enum(['left', 'right'], { error: 'must be "left" or "right"' }))),
    encoding_format: z.optional(z.nullable(z.enum(['float'], { error: 'must be "float"' }))),
  }),
);

/** Embeddings. The answer is a list of vectors, for one text too. Its fields are beside `inputs`, not in `parameters`. */
export const featureExtraction = hubTask({
  schema: featureExtractionRequest,
  request(body) {
    if (body.normalize === false) throw unsupported('normalize', 'cannot be false: vectors have unit length here');
    if (body.truncate === false)
      throw unsupported('truncate', 'cannot be false: the hosts truncate a text that is too long');
    if (body.truncation_direction === 'left') throw unsupported('truncation_direction', 'must be "right"');
    refuse(body, ['prompt_name'], '');
    return { input: body.inputs, dimensions: body.dimensions };
  },
  answer: ({ body, headers }) => new Response(body?.pipeThrough(vectorsOnly()), { headers }),
  nameOf: (field) => (field === 'input' ? 'inputs' : field),
});

const VECTOR = /.*?"embedding":(\[[^\]]*\])/g;

/** Cuts the vectors out of an answer of embeddings while it is read: it can have 40 MB. */
function vectorsOnly(): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let rest = '';
  let separator = '[';
  return new TransformStream({
    transform(chunk, controller) {
      rest = (rest + decoder.decode(chunk, { stream: true })).replace(VECTOR, (_, vector: string) => {
        controller.enqueue(encoder.encode(separator + vector));
        separator = ',';
        return '';
      });
    },
    flush: (controller) => controller.enqueue(encoder.encode(']')),
  });
}

const sentenceSimilarityRequest = lazy(() =>
  z.looseObject({
    inputs: z.looseObject({ source_sentence: z.string(), sentences: z.array(z.string()).check(z.minLength(1)) }),
  }),
);

interface Similarities {
  readonly results: readonly { readonly index: number; readonly cosine: number }[];
}

/** The cosine of a sentence with each of the others, in their order. */
export const sentenceSimilarity = hubTask({
  schema: sentenceSimilarityRequest,
  request: ({ inputs }) => ({ query: inputs.source_sentence, documents: inputs.sentences }),
  async answer(answer) {
    const { results } = (await answer.json()) as Similarities;
    const cosines: number[] = [];
    for (const { index, cosine } of results) cosines[index] = cosine;
    return Response.json(cosines, answer);
  },
  nameOf: (field) => ({ query: 'inputs.source_sentence', documents: 'inputs.sentences' })[field] ?? field,
});
