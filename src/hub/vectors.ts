import * as z from 'zod/mini';
import { lazy } from '../lazy.ts';
import { transformed } from '../stream/transformed.ts';
import { hubTask } from './hub-task.ts';
import { unsupported } from './unsupported.ts';

const featureExtractionRequest = lazy(() =>
  z.looseObject({
    inputs: z.union([z.string(), z.array(z.string()).check(z.minLength(1))], {
      error: 'must be a string or an array of strings',
    }),
  }),
);

/** What vectors are like here: of unit length, and of a text whose end is cut off if it is too long. */
const ONLY = {
  normalize: true,
  truncate: true,
  truncation_direction: 'right',
  prompt_name: null,
  encoding_format: 'float',
};

/** Embeddings. The answer is a list of vectors, for one text too. Its fields are beside `inputs`, not in `parameters`. */
export const featureExtraction = hubTask({
  schema: featureExtractionRequest,
  request(body) {
    for (const [name, only] of Object.entries(ONLY)) {
      if ((body[name] ?? only) !== only) throw unsupported(name, `can only be ${JSON.stringify(only)}`);
    }
    return { input: body.inputs, dimensions: body.dimensions };
  },
  answer: ({ body, headers }) => new Response(body && transformed(body, vectorsOnly()), { headers }),
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
