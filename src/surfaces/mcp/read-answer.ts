import { readBounded, readBoundedText } from '../../base/bytes/bounded-body.ts';
import { takePictures } from '../../base/bytes/large-strings.ts';
import { ApiError } from '../../base/errors.ts';
import { MAX_MCP_ANSWER_BYTES } from '../../base/sizes.ts';

/** How tools read the answers of their routes, within limits. */

const utf8 = new TextDecoder();

/** @throws ApiError `invalid_parameter` */
export function readText(answer: Response, maxBytes = MAX_MCP_ANSWER_BYTES): Promise<string> {
  return readBoundedText(answer, maxBytes, () => tooLarge(maxBytes));
}

/**
 * Reads an answer with a picture in base64, which stays in the bytes: as strings, it would be in memory three
 * times more.
 *
 * @throws ApiError `invalid_parameter`
 */
export async function readPictureAnswer(answer: Response) {
  const bytes = await readBounded(answer, MAX_MCP_ANSWER_BYTES, () => tooLarge(MAX_MCP_ANSWER_BYTES));
  const { rest = bytes, large } = takePictures(bytes) ?? {};
  const { data, ...about } = JSON.parse(utf8.decode(rest));
  const [{ b64_json, seed }] = data;
  return { ...about, seed, base64: large?.contentOf(b64_json) ?? b64_json };
}

export function tooLarge(maxBytes: number): ApiError {
  return new ApiError('invalid_parameter', `The answer has more than ${maxBytes} bytes: ask for less.`);
}
