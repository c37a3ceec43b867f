import { isObject } from '../../base/is-object.ts';

/** What hosts add to the text of a chat. */

/** A citation as Responses have it: its members are not in an object of their own. */
export interface Citation extends Record<string, unknown> {
  readonly type: string;
}

/** Source: https://platform.openai.com/docs/api-reference/chat/object, `annotations` */
export function citationsIn(annotations: unknown): Citation[] {
  if (!Array.isArray(annotations)) return [];
  return annotations.filter(isObject).flatMap(({ type, ...rest }) => {
    if (typeof type !== 'string') return [];
    const inner = rest[type];
    return [{ type, ...(isObject(inner) ? inner : rest) }];
  });
}

/**
 * The pictures of a message in base64. OpenRouter's hosts send data URLs:
 * https://openrouter.ai/docs/features/multimodal/image-generation
 */
export function picturesIn(images: unknown): string[] {
  if (!Array.isArray(images)) return [];
  return images.filter(isObject).flatMap(({ image_url }) => {
    const url = isObject(image_url) ? image_url.url : image_url;
    const [, base64] = typeof url === 'string' ? (/^data:image\/[\w.+-]+;base64,(.*)$/s.exec(url) ?? []) : [];
    return base64 ? [base64] : [];
  });
}
