import type { Placeholders } from '../bytes/placeholders.ts';
import { ApiError } from '../errors.ts';
import type { EmbeddingInput } from '../tasks.ts';

/**
 * Text Embeddings Inference, which also runs at hf-inference, takes no more in one request unless it is told to. OpenAI takes
 * 300,000 tokens in one request, which are 36 of the longest texts.
 * Sources: https://huggingface.co/docs/text-embeddings-inference/cli_arguments, `--max-client-batch-size`;
 * https://platform.openai.com/docs/api-reference/embeddings/create
 */
export const MAX_TEXTS = 32;

/** The texts of inputs, for a host that only embeds text. @throws ApiError `unsupported_parameter` */
export function textsOf(inputs: readonly EmbeddingInput[], model: string, large: Placeholders): string[] {
  return inputs.map((input) => {
    if (input.kind === 'text') return textIn(input, large);
    throw new ApiError('unsupported_parameter', `The model ${model} embeds text only.`, { param: 'input' });
  });
}

/** A text as a string of a JSON body, or as a placeholder in it. */
export function textIn(input: EmbeddingInput & { readonly kind: 'text' }, large: Placeholders): string {
  return 'json' in input ? large.raw(input.json) : input.text;
}
