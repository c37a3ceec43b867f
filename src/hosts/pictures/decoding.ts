import { OTHER_FORMATS, type OtherFormat } from '../../base/bytes/file-kind.ts';
import type { Call } from '../../call/call.ts';
import type { PictureTarget } from '../../call/tasks.ts';
import { notDecoded } from './refused.ts';

/** @returns undefined if every host decodes it, or if it is no picture */
export function otherFormatOf(input: object): OtherFormat | undefined {
  if (!('mediaType' in input)) return undefined;
  return OTHER_FORMATS.find((format) => input.mediaType === `image/${format}`);
}

/**
 * The targets that decode a format.
 *
 * @param path of a picture that has it, for errors
 * @throws ApiError `invalid_picture` if no target does
 */
export async function targetsDecoding<T extends PictureTarget>(
  targets: readonly T[],
  format: OtherFormat,
  path: string,
  call: Call,
): Promise<readonly T[]> {
  const fitting: T[] = [];
  for (const target of targets) {
    const { formats = [] } = target;
    const known = typeof formats === 'function' ? await formats(call) : formats;
    if (known.includes(format)) fitting.push(target);
  }
  if (fitting.length === 0) throw notDecoded(format, path);
  return fitting;
}
