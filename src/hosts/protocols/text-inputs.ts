import type { Placeholders } from '../../base/bytes/placeholders.ts';
import { ApiError } from '../../base/errors.ts';
import type { EmbeddingInput } from '../../call/tasks.ts';

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
