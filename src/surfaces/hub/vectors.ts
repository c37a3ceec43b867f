import * as z from 'zod/mini';
import { lazy } from '../../base/lazy.ts';
import { headOf, isPicture } from './find-task.ts';
import { hubTask } from './hub-task.ts';
import { allowNone, unsupported } from './unsupported.ts';

const anything = () => z.optional(z.unknown());

const featureExtractionRequest = lazy(() =>
  z.looseObject({
    inputs: z.union([z.string(), z.array(z.string()).check(z.minLength(1))], {
      error: 'must be a string or an array of strings',
    }),
    ...Object.fromEntries([...Object.keys(ONLY), 'dimensions', 'parameters'].map((name) => [name, anything()])),
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

/**
 * Embeddings. The answer is a list of vectors, for one text too. Its fields are beside `inputs`, not in
 * `parameters`.
 */
export const featureExtraction = hubTask({
  schema: featureExtractionRequest,
  request(body, large) {
    allowNone(body);
    for (const [name, only] of Object.entries(ONLY)) {
      if ((body[name] ?? only) !== only) throw unsupported(name, `can only be ${JSON.stringify(only)}`);
    }
    const item = (input: string) => (isPicture(headOf(input, large)) ? { image: input } : input);
    const { inputs, dimensions } = body;
    return { input: typeof inputs === 'string' ? item(inputs) : inputs.map(item), dimensions };
  },
  answer: ({ body, headers }) => new Response(body && vectorsOnly(body), { headers }),
  nameOf: (field) => (field === 'input' ? 'inputs' : field),
});

const BEFORE = '"embedding":[';
const [OPEN, CLOSE] = [0x5b, 0x5d];

const READ_BYTES = 64 * 1024;

/**
 * Cuts the vectors out of an answer of embeddings while it is read: it can have 40 MB, and becomes no string.
 */
function vectorsOnly(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const { readable, writable } = new IdentityTransformStream();
  const reader = body.getReader({ mode: 'byob' });
  const writer = writable.getWriter();
  // An answer that breaks off does so for the client, too. If the client has left, nothing more is read.
  cutVectors(reader, writer).catch((error) => Promise.allSettled([writer.abort(error), reader.cancel(error)]));
  return readable;
}

async function cutVectors(
  reader: ReadableStreamBYOBReader,
  writer: WritableStreamDefaultWriter<Uint8Array>,
): Promise<void> {
  const utf8 = new TextDecoder();
  const ascii = new TextEncoder();
  let separator = '[[';
  let isInside = false;
  /** What came since the last bracket, outside of a vector. */
  let before = '';
  // One buffer for all reads and writes: what stays moves to its front. A bracket that was read first becomes
  // a separator.
  let buffer = new Uint8Array(separator.length + READ_BYTES);
  for (;;) {
    const { done, value } = await reader.read(buffer.subarray(separator.length));
    if (done) break;
    // A read takes the memory, and gives it back under another name.
    buffer = new Uint8Array(value.buffer);
    let kept = 0;
    for (let at = 0; at < value.length; ) {
      const bracket = value.indexOf(isInside ? CLOSE : OPEN, at);
      const to = bracket === -1 ? value.length : bracket + 1;
      const part = value.subarray(at, to);
      at = to;
      if (isInside) {
        buffer.set(part, kept);
        kept += part.length;
        isInside = bracket === -1;
        continue;
      }
      before += utf8.decode(part);
      if (bracket === -1) continue;
      isInside = before.endsWith(BEFORE);
      before = '';
      if (!isInside) continue;
      ascii.encodeInto(separator, buffer.subarray(kept));
      kept += separator.length;
      separator = ',[';
    }
    // It resolves when the bytes have been read, so the buffer can be filled again.
    if (kept > 0) await writer.write(buffer.subarray(0, kept));
  }
  await writer.write(ascii.encode(']'));
  await writer.close();
}

const sentenceSimilarityRequest = lazy(() =>
  z.looseObject({
    inputs: z.looseObject({ source_sentence: z.string(), sentences: z.array(z.string()).check(z.minLength(1)) }),
    parameters: anything(),
  }),
);

interface Similarities {
  readonly results: readonly { readonly index: number; readonly cosine: number }[];
}

/** The cosine of a sentence with each of the others, in their order. */
export const sentenceSimilarity = hubTask({
  schema: sentenceSimilarityRequest,
  request({ inputs, ...body }) {
    allowNone(body);
    return { query: inputs.source_sentence, documents: inputs.sentences };
  },
  async answer(answer) {
    const { results } = (await answer.json()) as Similarities;
    const cosines: number[] = [];
    for (const { index, cosine } of results) cosines[index] = cosine;
    return Response.json(cosines, answer);
  },
  nameOf: (field) => ({ query: 'inputs.source_sentence', documents: 'inputs.sentences' })[field] ?? field,
});
