import { ApiError } from '../base/errors.ts';
import { boundaryOf } from './boundary.ts';
import { drain } from './drain.ts';
import { inTime } from './in-time.ts';
import { type Intake, NO_ATTACHMENTS } from './intake.ts';
import { Upload } from './upload.ts';

/**
 * Most of those who get it have set the type themselves, and with it removed the boundary that their client
 * had chosen.
 */
const FORM_REQUIRED =
  'Send the file as multipart/form-data with a boundary, without Content-Encoding. Clients set this Content-Type themselves if you do not.';

/**
 * Reads a multipart form with a file, until the request can be decided on: up to the file, if `model` comes
 * before it. The file itself goes to the host while it arrives, and is never in memory.
 *
 * A small form is held, so that it can be sent again. So is one whose `model` comes after the file, within a
 * limit: that is the order of many clients, and without a model there is no host to send the file to.
 *
 * @throws ApiError `unsupported_media_type`, `body_too_large`, `body_timeout` or `invalid_parameter`
 */
export async function readUpload(source: Request | Response, maxBytes: number): Promise<Intake> {
  const boundary = boundaryOf(source);
  if (boundary === undefined) {
    await drain(source.body);
    throw new ApiError('unsupported_media_type', FORM_REQUIRED);
  }
  const upload = new Upload(source, boundary, maxBytes);
  return upload.guard(async () => {
    await inTime(source, upload.readHead());
    return { input: upload.fields, attachments: NO_ATTACHMENTS, textBytes: upload.fieldBytes, pictures: 0, upload };
  });
}
