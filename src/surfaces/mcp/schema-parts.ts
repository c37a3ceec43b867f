import { MAX_ITEMS } from '../../base/sizes.ts';
import type { JsonObject } from '../../call/tasks.ts';

/** Parts of the JSON Schemas of tools. Descriptions are for language models. */

export const some = (type: string, description: string) => ({ type, description });
export const text = (description: string) => some('string', description);
export const list = (items: JsonObject, description: string) => ({ ...some('array', description), items });
export const model = (alias: string) => ({ ...text('A model or alias of list_models.'), default: alias });
export const record = (properties: JsonObject, required: readonly string[] = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
});
export const input = (properties: JsonObject, required?: readonly string[]) => ({
  ...record(properties, required),
  additionalProperties: false,
});
export const item = (description: string) => ({
  description,
  anyOf: [
    text('A text.'),
    input({ image: text('A picture: an https URL, a data URL, or base64 (PNG, JPEG, WebP, GIF).') }),
  ],
});
export const items = (description: string) => ({
  ...list(item('A text or picture.'), description),
  maxItems: MAX_ITEMS,
});
