import { isObject } from '../../base/is-object.ts';
import type { JsonObject } from '../../call/tasks.ts';
import { invalid, requireText, unsupported } from '../chat/unsupported.ts';

/** No files are stored here. */
const INSTEAD_OF_FILES = 'Send the data itself.';

/**
 * The content of a message in chat's form: a text, or parts if there is more than one.
 *
 * @throws ApiError `invalid_parameter` or `unsupported_parameter`, which names the block
 */
export function chatContent(content: unknown, path: string): string | JsonObject[] {
  if (typeof content === 'string') return content;
  const parts = blocksOf(content, path).flatMap((block, i) => chatParts(block, `${path}[${i}]`));
  const [only] = parts;
  if (!only) return '';
  // Some hosts only take strings.
  return parts.length === 1 && only.type === 'text' ? (only.text as string) : parts;
}

/** @throws ApiError `invalid_parameter` */
export function blocksOf(content: unknown, path: string): readonly JsonObject[] {
  if (!Array.isArray(content)) throw invalid(path, 'must be a string or an array of blocks');
  content.forEach((block, i) => {
    if (!isObject(block)) throw invalid(`${path}[${i}]`, 'must be an object');
  });
  return content;
}

function chatParts(block: JsonObject, path: string): readonly JsonObject[] {
  switch (block.type) {
    case 'text':
      return [textPart(requireText(block.text, `${path}.text`))];
    case 'image':
      return [{ type: 'image_url', image_url: { url: pictureUrl(sourceOf(block, path), `${path}.source`) } }];
    case 'document':
      return documentParts(block, path);
    case 'search_result':
      return [
        textPart(joined([block.title, block.source])),
        ...blocksOf(block.content, `${path}.content`).flatMap((part, i) => chatParts(part, `${path}.content[${i}]`)),
      ];
    default:
      throw unsupported(`${path}.type`);
  }
}

function pictureUrl(source: JsonObject, path: string): string {
  if (source.type === 'url') return requireText(source.url, `${path}.url`);
  if (source.type !== 'base64') throw unsupported(`${path}.type`, INSTEAD_OF_FILES);
  return dataUrl(source, path);
}

/** A document is a file, or the text of one. What is said of a text comes before it. */
function documentParts(block: JsonObject, path: string): readonly JsonObject[] {
  const { title, context, citations } = block;
  if (isObject(citations) && citations.enabled === true) throw unsupported(`${path}.citations`);
  const source = sourceOf(block, path);
  const about = joined([title, context]);
  const head = about === '' ? [] : [textPart(about)];
  switch (source.type) {
    case 'base64': {
      const filename = typeof title === 'string' && title !== '' ? title : 'document.pdf';
      const file = { type: 'file', file: { filename, file_data: dataUrl(source, `${path}.source`) } };
      return typeof context === 'string' && context !== '' ? [textPart(context), file] : [file];
    }
    case 'text':
      return [...head, textPart(requireText(source.data, `${path}.source.data`))];
    case 'content': {
      const { content } = source;
      if (typeof content === 'string') return [...head, textPart(content)];
      const inner = `${path}.source.content`;
      return [...head, ...blocksOf(content, inner).flatMap((part, i) => chatParts(part, `${inner}[${i}]`))];
    }
    default:
      throw unsupported(`${path}.source.type`, INSTEAD_OF_FILES);
  }
}

function sourceOf({ source }: JsonObject, path: string): JsonObject {
  if (isObject(source)) return source;
  throw invalid(`${path}.source`, 'must be an object');
}

function dataUrl({ media_type, data }: JsonObject, path: string): string {
  return `data:${requireText(media_type, `${path}.media_type`)};base64,${requireText(data, `${path}.data`)}`;
}

const textPart = (text: string): JsonObject => ({ type: 'text', text });

const joined = (texts: readonly unknown[]): string =>
  texts.filter((text) => typeof text === 'string' && text !== '').join('\n');
