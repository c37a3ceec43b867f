import { ApiError } from '../errors.ts';
import type { EmbeddingInput } from '../tasks.ts';

/** The texts of inputs, for a host that only embeds text. @throws ApiError `unsupported_parameter` */
export function textsOf(inputs: readonly EmbeddingInput[], model: string): string[] {
  return inputs.map((input) => {
    if (input.kind === 'text') return input.text;
    throw new ApiError('unsupported_parameter', `The model ${model} embeds text only.`, { param: 'input' });
  });
}
