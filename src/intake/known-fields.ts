import type * as z from 'zod/mini';
import { ApiError } from '../base/errors.ts';
import { isObject } from '../base/is-object.ts';
import { isOneLetterAway, plainOf } from '../base/near-names.ts';

/** What other APIs call a field. */
const SYNONYMS: readonly (readonly string[])[] = [
  ['input', 'inputs', 'texts', 'sentences'],
  ['documents', 'docs', 'passages', 'texts', 'sentences', 'candidates'],
  ['query', 'question', 'q', 'source_sentence'],
  ['labels', 'candidate_labels', 'classes', 'categories'],
  ['top_n', 'top_k', 'k', 'limit', 'num_results'],
  ['limit', 'page_size', 'per_page'],
  ['hypothesis_template', 'template', 'prompt_template'],
  ['return_documents', 'return_docs', 'include_documents'],
  ['classifier_id', 'classifier'],
  ['examples', 'samples', 'training_data'],
  ['model', 'model_id', 'model_name', 'engine'],
  ['dimensions', 'output_dimension', 'output_dimensionality', 'dims'],
  ['encoding_format', 'embedding_type', 'embedding_types'],
  ['n', 'num_images', 'num_images_per_prompt', 'number_of_images'],
  ['size', 'width', 'height', 'image_size', 'resolution', 'aspect_ratio'],
  ['output_format', 'format', 'image_format'],
  ['num_inference_steps', 'steps', 'inference_steps'],
  ['guidance_scale', 'guidance', 'cfg_scale'],
  ['prompt', 'text', 'inputs'],
  ['url', 'uri', 'endpoint', 'callback_url', 'webhook_url'],
  ['event_types', 'events', 'enabled_events'],
  ['event_type', 'event', 'type'],
  ['subject', 'user', 'user_id', 'sub'],
  ['expires_after', 'expires_in', 'ttl'],
  ['starting_after', 'cursor', 'last_event_id'],
  ['variables', 'inputs', 'params'],
];

/** Shorter names are one letter away from too much. */
const MIN_LETTERS = 4;
/** What can be repeated in a header and a log: others could be content. */
const NAME = /^[\w.-]{1,64}$/;

/**
 * The fields of a request that its route does not know, and ignores.
 *
 * @param at where the fields are, if they are a part of the request
 * @returns their names, or `?` for what is no name
 * @throws ApiError `invalid_parameter` where the name is nearly that of a field, or another API's name of one
 */
export function ignoredFields(schema: z.ZodMiniType, input: unknown, at = ''): string[] {
  const { shape } = schema._zod.def as { shape?: object };
  if (!shape || !isObject(input)) return [];
  const unknown = Object.keys(input).filter((name) => !Object.hasOwn(shape, name));
  for (const name of unknown) {
    const near = nearest(name, Object.keys(shape));
    if (near === undefined) continue;
    const param = at + name;
    const message = `\`${param}\` is not a field of this request. Did you mean \`${at}${near}\`?`;
    throw new ApiError('invalid_parameter', message, { param });
  }
  return unknown.map((name) => (NAME.test(name) ? name : '?'));
}

/**
 * The field that a name was probably meant to be. What is returned lets its name be repeated: it is nearly
 * that of a field.
 */
function nearest(name: string, fields: readonly string[]): string | undefined {
  const plain = plainOf(name);
  return (
    fields.find((field) => plainOf(field) === plain) ??
    fields.find((field) => field.length >= MIN_LETTERS && isOneLetterAway(name, field)) ??
    fields.find((field) => SYNONYMS.some((names) => names[0] === field && names.includes(name)))
  );
}
