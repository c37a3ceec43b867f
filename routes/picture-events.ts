import { jsonAnswer } from '../src/base/bytes/json-pieces.ts';
import { base64Slices } from '../src/base/bytes/placeholders.ts';
import { toSeconds } from '../src/base/to-seconds.ts';
import type { PictureInfo } from '../src/hosts/pictures/picture-format.ts';
import { STREAM_HEADERS } from '../src/hosts/stream/sse.ts';

/** The events of pictures that were generated, or changed. */
export type PictureEvents = 'image_generation' | 'image_edit';

interface StreamedPicture {
  /** Of its file, in order. */
  readonly parts: readonly Uint8Array[];
  readonly info: PictureInfo;
  readonly seed?: number | undefined;
}

/**
 * Answers with one event for each picture, when all are complete: no host here streams parts of one.
 * Source: https://platform.openai.com/docs/api-reference/images-streaming
 */
export function pictureEvents(pictures: readonly StreamedPicture[], kind: PictureEvents): Response {
  return jsonAnswer(pieces(pictures, `${kind}.completed`), STREAM_HEADERS);
}

function* pieces(pictures: readonly StreamedPicture[], type: string) {
  for (const { seed, parts, info } of pictures) {
    const event = {
      type,
      created_at: toSeconds(Date.now()),
      output_format: info.mediaType.slice('image/'.length),
      size: `${info.width}x${info.height}`,
      background: 'auto',
      quality: 'auto',
      seed,
    };
    yield `event: ${type}\ndata: ${JSON.stringify(event).slice(0, -1)},"b64_json":"`;
    yield* base64Slices(...parts);
    yield '"}\n\n';
  }
}
