import { ApiError } from '../../base/errors.ts';
import { prompts } from './compiled.ts';
import type { Prompt } from './prompt.ts';

/**
 * @param id the name of a prompt, or `name@version`
 * @param params the names of the parameters, for errors
 * @throws ApiError `prompt_not_found` or `prompt_version_not_found`
 */
export function findPrompt(id: string, version: string | null | undefined, params: PromptParams): Prompt {
  const [name, pinned = version] = id.split('@');
  const prompt = prompts.find((prompt) => prompt.name === name);
  if (!prompt) {
    throw new ApiError('prompt_not_found', 'There is no prompt with this name. GET /v1/prompts lists all prompts.', {
      param: params.id,
    });
  }
  if (pinned == null || pinned === prompt.version) return prompt;
  throw new ApiError(
    'prompt_version_not_found',
    `This version of the prompt ${name} is not deployed. The current version is ${prompt.version}.`,
    { param: params.version },
  );
}

/** Where a request has what names a prompt. */
export interface PromptParams {
  readonly id: string;
  readonly version: string;
}
