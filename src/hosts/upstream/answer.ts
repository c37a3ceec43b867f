import { readBounded, readBoundedText, readChunks } from '../../base/bytes/bounded-body.ts';
import { invalidAnswer, UpstreamFailure } from './failure.ts';
import { ErrorAnswer, failureIn, wordsInstead } from './host-error.ts';

/**
 * Reads an answer as JSON text that has been checked to parse. Returns both forms, so that the text can be
 * passed on.
 */
export async function readJson(
  response: Response,
  name: string,
  maxBytes: number,
): Promise<{ text: string; json: unknown }> {
  const text = await readBoundedText(response, maxBytes, tooLarge(name, maxBytes));
  return { text, json: parseAnswer(text, name) };
}

/** @throws UpstreamFailure `invalid-answer`, or ErrorAnswer if the JSON is an error */
export function parseAnswer(text: string, name: string): unknown {
  const json = parse(text, name);
  const said = failureIn(json);
  if (said) throw new ErrorAnswer(said);
  return json;
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const said = wordsInstead(text);
    if (said) throw new ErrorAnswer(said);
    // Not kept as the cause: the message of a SyntaxError quotes the text.
    throw invalidAnswer(name, 'with something that is not JSON');
  }
}

/** workerd decodes gzip and brotli. @returns what else an answer is encoded with */
export function unknownEncoding({ headers }: Response): string | undefined {
  return /^(zstd|deflate|compress|x-[\w-]+)$/i.exec(headers.get('content-encoding') ?? '')?.[1];
}

/**
 * Reads the bytes of an answer up to a limit.
 *
 * @param onChunk called with the length of each chunk, where the length of the answer is not declared
 */
export function readAnswer(
  response: Response,
  name: string,
  { maxBytes, onChunk }: { readonly maxBytes: number; readonly onChunk?: ((bytes: number) => void) | undefined },
): Promise<Uint8Array> {
  const error = tooLarge(name, maxBytes);
  if (!onChunk || !response.body) return readBounded(response, maxBytes, error);
  return readChunks(response.body, { maxBytes, tooLarge: error, onBytes: onChunk });
}

function tooLarge(name: string, maxBytes: number): () => UpstreamFailure {
  return () =>
    new UpstreamFailure('answer-too-large', `The answer of the host ${name} is larger than ${maxBytes} bytes.`);
}
