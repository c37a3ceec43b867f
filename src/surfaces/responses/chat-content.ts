import type { JsonObject } from '../../call/tasks.ts';
import { invalid, requireText, unsupported } from '../chat/unsupported.ts';

/** No files are stored here. */
const INSTEAD_OF_FILES = 'Send the data itself.';

/**
 * The content of a message in chat's form: a text, or parts if there is more than one.
 *
 * @throws ApiError `invalid_parameter` or `unsupported_parameter`, which names the part
 */
export function chatContent(content: unknown, path: string): string | JsonObject[] {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) throw invalid(path, 'must be a string or an array of parts');
  const parts = content.map((part, i) => chatPart(part, `${path}[${i}]`));
  const [only] = parts;
  // Some hosts only take strings.
  return parts.length === 1 && only?.type === 'text' ? (only.text as string) : parts;
}

/** The same for what a model has said: a text. */
export function chatText(content: unknown, path: string): string {
  const parts = chatContent(content, path);
  if (typeof parts === 'string') return parts;
  return parts
    .map(({ type, text }, i) => {
      if (type !== 'text') throw invalid(`${path}[${i}].type`, 'must be "output_text" or "refusal" for an assistant');
      return text;
    })
    .join('');
}

function chatPart(part: unknown, path: string): JsonObject {
  if (typeof part !== 'object' || part === null) throw invalid(path, 'must be an object');
  const { type, text, refusal, image_url, detail, file_id, file_data, filename, input_audio } = part as JsonObject;
  if (file_id != null) throw unsupported(`${path}.file_id`, INSTEAD_OF_FILES);
  switch (type) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return { type: 'text', text: requireText(text, `${path}.text`) };
    case 'refusal':
      return { type: 'text', text: requireText(refusal, `${path}.refusal`) };
    case 'input_image': {
      const url = requireText(image_url, `${path}.image_url`);
      return { type: 'image_url', image_url: detail == null ? { url } : { url, detail } };
    }
    case 'input_file':
      if (file_data == null) throw unsupported(`${path}.file_url`, INSTEAD_OF_FILES);
      return { type: 'file', file: { filename, file_data: requireText(file_data, `${path}.file_data`) } };
    case 'input_audio':
      return { type, input_audio };
    default:
      throw unsupported(`${path}.type`);
  }
}
