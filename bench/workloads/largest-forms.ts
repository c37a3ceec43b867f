import * as sizes from '../../src/base/sizes.ts';
import type { HttpRequest } from '../client.ts';
import type { Gateway } from '../gateways.ts';
import { png } from '../picture.ts';
import type { LargestRequest } from './largest-request.ts';
import { megabytes } from './workload.ts';

/** The largest requests whose body is a form with a file. */

/** Bytes of a form around its file, and more. */
const AROUND = 2000;
const AUDIO = sizes.MAX_AUDIO_BODY_BYTES - AROUND;
const UNNAMED = sizes.MAX_UNNAMED_UPLOAD_BYTES - AROUND;
const EDITED = sizes.MAX_PICTURE_BYTES;
/** As base64 in JSON. */
const ANSWERED = Math.floor((sizes.MAX_PICTURE_ANSWER_BYTES - AROUND) * 0.75);

export const largestForms: readonly LargestRequest[] = [
  {
    name: 'transcription',
    title: `Transcription of ${megabytes(AUDIO)}, model before file`,
    build: (gateway) => form(gateway, '/v1/audio/transcriptions', [model(gateway), file('file', png(AUDIO))]),
  },
  {
    name: 'transcription_file_first',
    title: `Transcription of ${megabytes(UNNAMED)}, file before model`,
    build: (gateway) => form(gateway, '/v1/audio/transcriptions', [file('file', png(UNNAMED)), model(gateway)]),
  },
  {
    name: 'edit',
    title: `Edit of a picture of ${megabytes(EDITED)}, an answer of ${megabytes(ANSWERED)}`,
    build: (gateway) =>
      form(gateway, '/v1/images/edits', [
        model(gateway),
        field('prompt', `a picture of ${ANSWERED} bytes`),
        file('image', png(EDITED)),
      ]),
  },
];

const BOUNDARY = 'cedalion-bench';
const model = (gateway: Gateway) => field('model', `${gateway.modelPrefix}whisper`);

function field(name: string, value: string): Buffer {
  return Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
}

function file(name: string, bytes: Buffer): Buffer {
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"; filename="a"\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes, Buffer.from('\r\n')]);
}

function form({ headers }: Gateway, path: string, parts: readonly Buffer[]): HttpRequest {
  return {
    path,
    headers: { ...headers, 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
    body: Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n`)]),
  };
}
