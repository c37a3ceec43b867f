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

const BEGIN = '"embedding":[';
const END = ']';

/** Cuts the vectors out of an answer of embeddings while it is read: it can have 40 MB, and is looked at once. */
function vectorsOnly(): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let separator = '[[';
  let isInside = false;
  /** What may be the first part of a mark. */
  let rest = '';
  return new TransformStream({
    transform(chunk, controller) {
      let text = rest + decoder.decode(chunk, { stream: true });
      let vectors = '';
      for (;;) {
        const mark = isInside ? END : BEGIN;
        const at = text.indexOf(mark);
        if (at === -1) break;
        vectors += isInside ? text.slice(0, at + END.length) : separator;
        text = text.slice(at + mark.length);
        separator = ',[';
        isInside = !isInside;
      }
      if (isInside) vectors += text;
      rest = isInside ? '' : text.slice(1 - BEGIN.length);
      if (vectors !== '') controller.enqueue(encoder.encode(vectors));
    },
    flush: (controller) => controller.enqueue(encoder.encode(END)),
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
