import { MAX_TEXT_BYTES } from '../base/sizes.ts';
import { parseBody } from '../intake/body.ts';
import { type Intake, NO_ATTACHMENTS } from '../intake/intake.ts';
import { readQuery } from '../intake/query.ts';
import type { Route } from '../route.ts';
import type { StoredRequest } from './run-store.ts';

/** Parses the request of a run as its route would have done. @throws ApiError */
export function readIntake(route: Route, { bytes, search }: StoredRequest, headers: Headers): Intake | Promise<Intake> {
  const url = `https://run/${search}`;
  if (!route.schema) return { input: readQuery(url), attachments: NO_ATTACHMENTS, textBytes: 0, pictures: 0 };
  const { maxBytes = MAX_TEXT_BYTES, pictures, forwards, read } = route;
  if (read) return read(new Response(bytes, { headers }), maxBytes, url);
  return parseBody(bytes, { headers, url }, { maxBytes, pictures, forwards });
}
