import { ApiError } from './errors.ts';

/** A page of a list, as OpenAI's API has it. @param entries one more than the limit if the list goes on */
export function pageOf<Entry extends { readonly id?: unknown }>(entries: readonly Entry[], limit: number) {
  const data = entries.slice(0, limit);
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: entries.length > limit,
  };
}

/**
 * A page cannot begin after what is gone. An empty page would look like the end of the list, and the first
 * one repeat it.
 */
export function unknownAfter(): ApiError {
  const message = '`after` must be an id of this list. It may have expired or been deleted: begin again without it.';
  return new ApiError('invalid_parameter', message, { param: 'after' });
}
